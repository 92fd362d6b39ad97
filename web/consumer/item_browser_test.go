package consumer_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/yousang/yousang/internal/trace"
)

// seen puts views of an item into the counter, as phones of these addresses make them, some hours apart.
func (s *shelf) seen(ordinal int64, hours time.Duration, from ...string) {
	s.T.Helper()
	for _, a := range from {
		s.viewItem(ordinal, a)
		s.Clock = s.Clock.Add(hours * time.Hour)
	}
}

// itemScreen is a page of an item and the texts of its first screen.
type itemScreen struct {
	name, path string
	first      []string
}

// checkItemScreens looks at a page in both languages and colours, and keeps its pictures in a folder.
func (b *browser) checkItemScreens(t *testing.T, dir string, row itemScreen) {
	t.Helper()
	for _, lang := range []string{"zh", "en"} {
		for _, dark := range []bool{false, true} {
			v := b.view(t, row.path+"?lang="+lang, screen{360, 780, dark, 16})
			v.checkFits(780, row.first...)
			v.checkNoSidewaysScroll()
			if bad := evaluate[[]string](v, measure); len(bad) > 0 {
				t.Errorf("%s dark=%v: %q", lang, dark, bad)
			}
			file := row.name
			if lang == "en" {
				file += "-en"
			}
			if dark {
				file += "-dark"
			}
			png := runAction(v, chromedp.CaptureScreenshot())
			if !bytes.HasPrefix(png, []byte("\x89PNG")) || len(png) > 200<<10 {
				t.Errorf("%s: %d bytes", file, len(png))
			}
			if err := os.WriteFile(filepath.Join(dir, file+".png"), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestItemInBrowser: the state, the number and the count are on the first screen of a small phone, in both languages and colours; the
// screenshots go into the folder named by YOUSANG_SCREENSHOTS, else into a temporary one.
func TestItemInBrowser(t *testing.T) {
	dir := os.Getenv("YOUSANG_SCREENSHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	s := newShelf(t, "50")
	s.changeState(trace.SerialVoided, 6, 6)
	s.seen(2, 30, liangping, wanzhou, liangping)
	s.seen(3, 5, liangping, chengdu, beijing, shenzhen)
	s.Clock = s.Clock.Add(24 * time.Hour)
	b := openBrowser(t, s.World)
	wrong := s.LotPath("jars") + "/" + s.serialOf(1)[:11] + "0"
	if s.serialOf(1)[11] == '0' {
		wrong = s.LotPath("jars") + "/" + s.serialOf(1)[:11] + "1"
	}
	states := []itemScreen{
		{"item-first", s.pathOfItem(1), []string{".band .word", ".item .key code", ".item .seen", ".what h1"}},
		{"item-seen", s.pathOfItem(2), []string{".band .word", ".item .key code", ".item .seen"}},
		{"item-doubt", s.pathOfItem(3), []string{".band .word", ".band .do", ".warn h2", ".warn li"}},
		{"item-not-activated", s.pathOfItem(7), []string{".band .word", ".band .do", ".item .key code"}},
		{"item-voided", s.pathOfItem(6), []string{".band .word", ".band .do", ".item .key code"}},
		{"item-not-issued", wrong, []string{".band .word"}},
	}
	for _, row := range states {
		t.Run(row.name, func(t *testing.T) { b.checkItemScreens(t, dir, row) })
	}
	t.Run("desk", func(t *testing.T) {
		v := b.view(t, s.pathOfItem(3)+"?lang=zh", screen{1180, 900, false, 16})
		v.checkFits(900, ".band .word", ".warn li", ".item .seen", ".what h1")
		v.checkNoSidewaysScroll()
		if err := os.WriteFile(filepath.Join(dir, "item-desk.png"), runAction(v, chromedp.CaptureScreenshot()), 0o644); err != nil {
			t.Fatal(err)
		}
	})
	s.SetStatus("recall", "抽检发现啶虫脒残留超过限量", true, "fruitB")
	t.Run("item-recalled", func(t *testing.T) {
		b.checkItemScreens(t, dir, itemScreen{"item-recalled", s.pathOfItem(2), []string{".band .word", ".band .do", ".urgent .calls a"}})
	})
	large := b.view(t, s.pathOfItem(3)+"?lang=en", screen{360, 780, false, 32})
	large.checkNoSidewaysScroll()
}

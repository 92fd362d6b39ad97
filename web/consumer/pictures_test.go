package consumer_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// takePictures makes the screenshots of the documents, into the folder named by YOUSANG_SCREENSHOTS, else into a temporary one.
func (b *browser) takePictures(t *testing.T) {
	dir := os.Getenv("YOUSANG_SCREENSHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	rows := []struct {
		name, path    string
		width, height int64
		dark          bool
	}{
		{"lot-phone", b.w.LotPath("other") + "?lang=zh", 360, 780, false},
		{"lot-phone-silk-en", b.w.LotPath("silk") + "?lang=en", 360, 780, false},
		{"lot-phone-dark", b.w.LotPath("other") + "?lang=zh", 360, 780, true},
		{"lot-desk", b.w.LotPath("other") + "?lang=zh", 1180, 900, false},
		{"lot-recalled", b.w.LotPath("jars") + "?lang=zh", 360, 780, false},
		{"lot-unknown", "/trace/" + b.w.Lots["box"] + "?lang=zh", 360, 780, false},
		{"home", "/?lang=zh", 360, 640, false},
	}
	for _, row := range rows {
		v := b.view(t, row.path, screen{row.width, row.height, row.dark, 16})
		png := runAction(v, chromedp.CaptureScreenshot())
		if !bytes.HasPrefix(png, []byte("\x89PNG")) || len(png) > 200<<10 {
			t.Errorf("%s: %d bytes", row.name, len(png))
		}
		if err := os.WriteFile(filepath.Join(dir, row.name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

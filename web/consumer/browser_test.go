package consumer_test

import (
	"context"
	"net"
	"net/url"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	devlog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	devpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/yousang/yousang/internal/trace"
	"github.com/yousang/yousang/web/webtest"
)

// browser is a real Chromium looking at the pages of a world.
type browser struct {
	t    *testing.T
	w    *webtest.World
	ctx  context.Context
	base string
}

// findChromium finds the browser; without a browser the tests fail and do not skip.
func findChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium is installed; run scripts/check, which installs what tests need")
	return ""
}

// jarPage is the page of the product with a GTIN.
const jarPage = "/trace/product/pomelo-tea.jar"

func newBrowser(t *testing.T) *browser {
	t.Helper()
	w := newWorld(t).MakePomelo().MakeSilk()
	w.MakeOtherFruit()
	w.RegisterLinks("jars", webtest.NewLink("gs1:certificationInfo", "https://cert.example/a.pdf", "检测报告", "application/pdf", "zh"))
	w.RecordMaster(trace.KindLinks, trace.LinkSet{ID: w.App.CompleteID("product", "pomelo-tea.jar"),
		Links: []trace.WebLink{webtest.NewLink("gs1:recipeInfo", "https://recipe.example/", "柚子茶的三种喝法", "text/html", "zh"),
			webtest.NewLink("gs1:instructions", "https://howto.example/a-rather-long-address-of-a-page",
				"How to make a cup of honey pomelo tea at home, cold or warm", "text/html", "en")}})
	return openBrowser(t, w)
}

// openBrowser starts a browser over a world.
func openBrowser(t *testing.T, w *webtest.World) *browser {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- w.Server.Listener(l) }()
	t.Cleanup(func() {
		if err := w.Server.ShutdownWithTimeout(2 * time.Second); err != nil {
			t.Log("stop server:", err)
		}
		<-stopped
	})
	options := append([]chromedp.ExecAllocatorOption{chromedp.ExecPath(findChromium(t)), chromedp.UserDataDir(t.TempDir())},
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.Headless, chromedp.DisableGPU, chromedp.NoSandbox)
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync",
		"hide-scrollbars", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(name, true))
	}
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return &browser{t: t, w: w, ctx: ctx, base: "http://" + l.Addr().String()}
}

// tab is one page, with what it loaded and complained of.
type tab struct {
	*browser
	ctx   context.Context
	mu    sync.Mutex
	hosts map[string]bool
	said  []string
}

// screen is how a page is shown: its size in pixels, the colour scheme, and the size of its letters.
type screen struct {
	width, height int64
	dark          bool
	font          int64
}

// view opens a path in a tab of a size; dark chooses the colours, font the reader's default size in pixels.
func (b *browser) view(t *testing.T, path string, on screen) *tab {
	t.Helper()
	v := &tab{browser: &browser{t: t, w: b.w, base: b.base}, hosts: map[string]bool{}}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithListener(v.noteEvent))
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	limited, stop := context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(stop)
	v.ctx = limited
	scheme := "light"
	if on.dark {
		scheme = "dark"
	}
	v.run(callDevTools(network.Enable, network.EnableParams{}), callDevTools(devlog.Enable, cdp.Empty{}),
		callDevTools(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: on.width, Height: on.height,
			DeviceScaleFactor: 1,
			Mobile:            on.width < 700}),
		callDevTools(emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme",
				Value: scheme}}}),
		callDevTools(devpage.SetFontSizes, devpage.SetFontSizesParams{FontSizes: &devpage.FontSizes{Standard: on.font}}),
		chromedp.Navigate(b.base+path), chromedp.WaitReady(chromedp.CSS("footer")))
	return v
}

// callDevTools makes an action of a protocol command whose answer is of no interest.
func callDevTools[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (v *tab) noteEvent(ev any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(ev.Request.URL); err == nil && u.Scheme != "data" {
			v.hosts[u.Host] = true
		}
	case *devlog.EventEntryAdded:
		v.said = append(v.said, ev.Entry.Text)
	case *runtime.EventExceptionThrown:
		v.said = append(v.said, ev.ExceptionDetails.Text)
	}
}

func (v *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, actions...); err != nil {
		v.t.Fatal(err)
	}
}

// evaluate runs an expression in the page.
func evaluate[T any](v *tab, js string) T {
	v.t.Helper()
	return runAction(v, chromedp.Evaluate[T](js))
}

// runAction runs an action that has an answer.
func runAction[T any](v *tab, a chromedp.Action[T]) T {
	v.t.Helper()
	out, err := chromedp.Run(v.ctx, a)
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

// bottomOf is where the first element of a selector ends, in pixels from the top of the page; -1 where the element is not seen.
func (v *tab) bottomOf(selector string) float64 {
	v.t.Helper()
	return evaluate[float64](v,
		`(()=>{const e=document.querySelector("`+selector+`"); if(!e) return -1;
			const r=e.getBoundingClientRect(); return r.height>0&&r.width>0 ? r.bottom+scrollY : -1})()`)
}

func (v *tab) checkFits(limit float64, selectors ...string) {
	v.t.Helper()
	for _, s := range selectors {
		if y := v.bottomOf(s); y < 0 || y > limit {
			v.t.Errorf("%s ends at %.0f, want within %.0f", s, y, limit)
		}
	}
}

func (v *tab) checkNoSidewaysScroll() {
	v.t.Helper()
	if over := evaluate[float64](v, "document.documentElement.scrollWidth-innerWidth"); over > 0 {
		v.t.Errorf("the page is %.0f px too wide", over)
	}
}

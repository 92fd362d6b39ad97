package shell

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/fastpath"
	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/scan"
	"github.com/yousang/yousang/internal/story"
	"github.com/yousang/yousang/internal/trace"
)

//go:embed static/share.png static/favicon.ico
var static embed.FS

// Deps are what the pages need.
type Deps struct {
	App        func() *app.App // the open ledger; nil while the log is still being read
	Words      *locale.Printer // of the catalogs; nil means those of the program
	PublicURL  string          // address that codes and links show: "https://trace.example.cn"; only shown, never identity
	Log        *slog.Logger    // nil means slog.Default
	CacheBytes int64           // for kept pages; 0 means 128 MiB, below 0 none
	Scans      *scan.Counter   // counts page views; nil counts none
}

const defaultCacheBytes = 128 << 20

// Site is what the rooms of the pages share: the ledger, the public address and the languages of one server.
type Site struct {
	Words     *locale.Printer
	PublicURL string // without a slash at its end
	Host      string // host of PublicURL; "" where the address has none
	Log       *slog.Logger
	Scans     *scan.Counter // nil counts no views

	currentApp func() *app.App
	cacheBytes int64
	languages  *fastpath.LanguageCache
	sharePath  string // path of the picture that a shared link shows
}

// NewSite prepares what the rooms share and serves the static files. Errors are mistakes in the embedded catalogs and files.
func NewSite(router fiber.Router, d Deps) (*Site, error) {
	words := d.Words
	if words == nil {
		var err error
		if words, err = catalogsOnce(); err != nil {
			return nil, fmt.Errorf("read catalogs: %w", err)
		}
	}
	s := &Site{Words: words, PublicURL: strings.TrimRight(d.PublicURL, "/"), Host: hostOf(d.PublicURL), Log: d.Log, Scans: d.Scans,
		currentApp: d.App, cacheBytes: d.CacheBytes, languages: fastpath.NewLanguageCache(words)}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.cacheBytes == 0 {
		s.cacheBytes = defaultCacheBytes
	}
	return s, s.serveFiles(router)
}

// hostOf is the host of an address; "" where there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// App is the open application layer. Errors: Unavailable while the log is still being read; the caller may come back.
func (s *Site) App() (*app.App, error) {
	if r := s.currentApp(); r != nil {
		return r, nil
	}
	return nil, trace.E(trace.Unavailable, trace.CodeStoreUnavailable, "")
}

// Namer says what things are called in a language.
func (s *Site) Namer(r *app.App, lang Language) *story.Namer {
	return &story.Namer{Ledger: r.Ledger, Chains: r.Chains, Printer: lang.Printer}
}

// ShareImage is the address of the picture that a shared link shows.
func (s *Site) ShareImage() string { return s.PublicURL + s.sharePath }

// serveFiles serves the two pictures. The shared picture carries its hash in its name and may be kept for a year.
func (s *Site) serveFiles(router fiber.Router) error {
	png, err := static.ReadFile("static/share.png")
	if err != nil {
		return fmt.Errorf("read share picture: %w", err)
	}
	ico, err := static.ReadFile("static/favicon.ico")
	if err != nil {
		return fmt.Errorf("read icon: %w", err)
	}
	sum := sha256.Sum256(png)
	s.sharePath = "/static/share." + hex.EncodeToString(sum[:5]) + ".png"
	serve := func(path, kind, keep string, body []byte) {
		router.Get(path, func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderContentType, kind)
			c.Set(fiber.HeaderCacheControl, keep)
			c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
			return c.Send(body)
		})
	}
	serve(s.sharePath, "image/png", "public, max-age=31536000, immutable", png)
	serve("/favicon.ico", "image/x-icon", "public, max-age=86400", ico)
	return nil
}

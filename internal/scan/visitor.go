package scan

import (
	"bytes"
	"hash/maphash"
	"net/netip"
	"strings"
	"sync/atomic"
)

// programMarks are parts of the User-Agent of what is no person, in lower case: search engines, previews of links in chat programs, monitors.
// Most name themselves a bot, spider or crawler, or give an address to read about them.
var programMarks = []string{
	"bot", "spider", "crawl", "slurp", "archiver", "preview", "(+http", "; +http",
	// search engines and readers that name themselves otherwise
	"mediapartners-google", "apis-google", "google-read-aloud", "google-inspectiontool", "google favicon", "google web light", "feedfetcher",
	"googleother", "google-extended", "daumoa", "yandex", "ia_archiver", "mail.ru", "teoma", "nutch", "heritrix", "httrack",
	// previews of links and what looks at them for chat programs
	"facebookexternalhit", "facebookcatalog", "meta-externalagent", "meta-externalfetcher", "whatsapp", "wechatshareextension", "embedly",
	"vkshare", "pinterest/0", "flipboardproxy", "qzone-share", "dingtalkbot", "quora link",
	// monitors, scanners and tools
	"lighthouse", "pagespeed", "pingdom", "uptime", "statuscake", "site24x7", "gtmetrix", "phantomjs", "censys", "zgrab", "netcraft",
	"python-requests", "python-urllib", "curl/", "wget", "go-http-client", "okhttp", "apache-httpclient", "scrapy", "libwww",
}

// browser is how every browser's User-Agent begins, those inside WeChat, Alipay and DingTalk among them; Opera Mini's is the exception.
var browserPrefixes = []string{"mozilla/", "opera/"}

// isPerson reports whether a User-Agent is that of a browser that a person may hold. What says nothing, or is no browser, is a program.
func isPerson(agent string) bool {
	low := strings.ToLower(agent)
	low = strings.ReplaceAll(low, "cubot", "") // a make of phones
	begins := false
	for _, b := range browserPrefixes {
		begins = begins || strings.HasPrefix(low, b)
	}
	if !begins {
		return false
	}
	for _, p := range programMarks {
		if strings.Contains(low, p) {
			return false
		}
	}
	return true
}

// agentCache remembers what was said of the headers last seen: browsers send few different ones, and one takes longer to judge than to look
// up. Every header has one place; another one of that place takes it over, so that nobody can make the table grow.
type agentCache struct {
	seed   maphash.Seed
	places [256]atomic.Pointer[judgedAgent]
}

type judgedAgent struct {
	header   string
	isPerson bool
}

func (a *agentCache) isPerson(header []byte) bool {
	const usual = 400 // bytes; what is longer is not kept
	if len(header) > usual {
		return isPerson(string(header))
	}
	place := &a.places[maphash.Bytes(a.seed, header)%uint64(len(a.places))]
	if known := place.Load(); known != nil && known.header == string(header) {
		return known.isPerson
	}
	said := &judgedAgent{header: string(header)} // a copy: the request's buffer is used again
	said.isPerson = isPerson(said.header)
	place.Store(said)
	return said.isPerson
}

// prefetchWords are words in Purpose, Sec-Purpose, X-Purpose and X-Moz of a browser that fetches what nobody may ever look at.
var prefetchWords = [][]byte{[]byte("prefetch"), []byte("prerender"), []byte("preview")}

// IsPerson reports whether a request is a person's view: agent is its User-Agent, purposes are its headers Purpose, Sec-Purpose, X-Purpose
// and X-Moz as far as it has them. It keeps neither.
func (c *Counter) IsPerson(agent []byte, purposes ...[]byte) bool {
	for _, p := range purposes {
		if len(p) == 0 {
			continue
		}
		low := bytes.ToLower(p)
		for _, word := range prefetchWords {
			if bytes.Contains(low, word) {
				return false
			}
		}
	}
	return c.agents.isPerson(agent)
}

// FindRegion is the coarse region of a visitor: remote is the address of the connection, forwarded the value of X-Forwarded-For, several of them
// joined by commas. The list is read from its end, where the nearest proxy wrote, as long as a trusted proxy is the one who says it: what a
// visitor writes there himself is never believed. "" where nothing is known. Both are forgotten.
func (c *Counter) FindRegion(remote netip.Addr, forwarded []byte) string {
	if c.options.Regions == nil {
		return ""
	}
	remote = remote.Unmap()
	for c.isTrusted(remote) {
		if len(forwarded) == 0 {
			return "" // a request of the proxy's own, or of a proxy that does not say for whom it asks
		}
		i := bytes.LastIndexByte(forwarded, ',')
		last := strings.TrimSpace(string(forwarded[i+1:]))
		forwarded = forwarded[:max(i, 0)]
		a, ok := parseHop(last)
		if !ok {
			return ""
		}
		remote = a
	}
	return c.options.Regions.FindCode(remote)
}

// parseHop reads an address of X-Forwarded-For; some proxies write the port too.
func parseHop(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a.Unmap().WithZone(""), true
	}
	if p, err := netip.ParseAddrPort(s); err == nil {
		return p.Addr().Unmap().WithZone(""), true
	}
	return netip.Addr{}, false
}

func (c *Counter) isTrusted(a netip.Addr) bool {
	for _, p := range c.options.Trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

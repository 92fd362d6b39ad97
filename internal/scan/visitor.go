package scan

import (
	"bytes"
	"hash/maphash"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
)

// programMarks are parts of the User-Agent of programs without a person, in lower case: search engines, link previews of chat programs,
// monitors. Most name themselves a bot, spider or crawler, or give an address with a description.
var programMarks = []string{
	"bot", "spider", "crawl", "slurp", "archiver", "preview", "(+http", "; +http",
	// search engines and readers with other names
	"mediapartners-google", "apis-google", "google-read-aloud", "google-inspectiontool", "google favicon", "google web light", "feedfetcher",
	"googleother", "google-extended", "daumoa", "yandex", "ia_archiver", "mail.ru", "teoma", "nutch", "heritrix", "httrack",
	// link previews of chat programs
	"facebookexternalhit", "facebookcatalog", "meta-externalagent", "meta-externalfetcher", "whatsapp", "wechatshareextension", "embedly",
	"vkshare", "pinterest/0", "flipboardproxy", "qzone-share", "dingtalkbot", "quora link",
	// monitors, scanners and tools
	"lighthouse", "pagespeed", "pingdom", "uptime", "statuscake", "site24x7", "gtmetrix", "phantomjs", "censys", "zgrab", "netcraft",
	"python-requests", "python-urllib", "curl/", "wget", "go-http-client", "okhttp", "apache-httpclient", "scrapy", "libwww",
}

// browserPrefixes are the beginnings of every browser's User-Agent, also inside WeChat, Alipay and DingTalk; only Opera Mini has the
// second.
var browserPrefixes = []string{"mozilla/", "opera/"}

// isPerson reports whether a User-Agent is that of a browser in a person's hands. An empty User-Agent and one of another kind is a
// program's.
func isPerson(agent string) bool {
	agent = strings.ToLower(agent)
	agent = strings.ReplaceAll(agent, "cubot", "") // a make of phones
	hasPrefix := func(prefix string) bool { return strings.HasPrefix(agent, prefix) }
	isMarked := func(mark string) bool { return strings.Contains(agent, mark) }
	return slices.ContainsFunc(browserPrefixes, hasPrefix) && !slices.ContainsFunc(programMarks, isMarked)
}

// agentCache remembers whether the User-Agents seen last were persons': browsers send few different ones, and a look-up is faster than
// isPerson. Every header has one place in the table and replaces another header at that place, so that no sender can make the table grow.
type agentCache struct {
	seed   maphash.Seed
	places [256]atomic.Pointer[judgedAgent]
}

type judgedAgent struct {
	header   string
	isPerson bool
}

func (a *agentCache) isPerson(header []byte) bool {
	const longestKept = 400 // bytes
	if len(header) > longestKept {
		return isPerson(string(header))
	}
	place := &a.places[maphash.Bytes(a.seed, header)%uint64(len(a.places))]
	if known := place.Load(); known != nil && known.header == string(header) {
		return known.isPerson
	}
	judged := &judgedAgent{header: string(header)} // a copy: the request's buffer is used again
	judged.isPerson = isPerson(judged.header)
	place.Store(judged)
	return judged.isPerson
}

// prefetchWords stand in Purpose, Sec-Purpose, X-Purpose or X-Moz where a browser fetches a page that perhaps no person will look at.
var prefetchWords = [][]byte{[]byte("prefetch"), []byte("prerender"), []byte("preview")}

// IsPerson reports whether a request is a person's view: agent is the request's User-Agent, purposes are its headers Purpose, Sec-Purpose,
// X-Purpose and X-Moz, as far as present. The Counter does not keep purposes, and keeps User-Agents apart from codes.
func (c *Counter) IsPerson(agent []byte, purposes ...[]byte) bool {
	for _, p := range purposes {
		if len(p) == 0 {
			continue
		}
		purpose := bytes.ToLower(p)
		for _, word := range prefetchWords {
			if bytes.Contains(purpose, word) {
				return false
			}
		}
	}
	return c.agents.isPerson(agent)
}

// FindRegion is the coarse region of a visitor, "" where the region is unknown: remote is the address of the connection, forwarded the
// value of X-Forwarded-For, several headers joined by commas. The list is read from its end, where the nearest proxy writes, as long as the
// writer is a trusted proxy: an entry that a visitor writes is never believed. Neither address is kept.
func (c *Counter) FindRegion(remote netip.Addr, forwarded []byte) string {
	if c.options.Regions == nil {
		return ""
	}
	remote = remote.Unmap()
	for c.isTrusted(remote) {
		if len(forwarded) == 0 {
			return "" // the proxy's own request, or a proxy that does not name its client
		}
		i := bytes.LastIndexByte(forwarded, ',')
		nearest := strings.TrimSpace(string(forwarded[i+1:]))
		forwarded = forwarded[:max(i, 0)]
		address, ok := parseHop(nearest)
		if !ok {
			return ""
		}
		remote = address
	}
	return c.options.Regions.FindCode(remote)
}

// parseHop reads an address of X-Forwarded-For, to which some proxies add the port.
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

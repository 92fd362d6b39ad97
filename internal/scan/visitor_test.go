package scan

import (
	"net/netip"
	"testing"
)

func startCounter(t testing.TB, o Options) *Counter {
	t.Helper()
	if o.Store == nil {
		o.Store = openStore(t)
	}
	c := New(o)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Parts of the text of User-Agent.
const (
	webKit = " AppleWebKit/537.36 (KHTML, like Gecko)"
	phone  = "Mozilla/5.0 (Linux; Android 13; V2238A)" + webKit + " Version/4.0 Chrome/116.0 Mobile Safari/537.36"
)

// visitors are browsers and programs by the text of User-Agent and of Purpose; want is whether a person looks at the page.
var visitors = []struct {
	name, agent, purpose string
	want                 bool
}{
	{"phone", phone, "", true},
	{"WeChat",
		phone + " XWEB/1160117 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F51) " +
			"WeChat/arm64 Weixin NetType/WIFI Language/zh_CN", "", true},
	{"iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
			"Mobile/15E148 MicroMessenger/8.0.45 NetType/4G", "", true},
	{"Alipay", phone + " UCBS/3.22 AliApp(AP/10.5.60) AlipayClient/10.5.60", "", true},
	{"a phone called Cubot", "Mozilla/5.0 (Linux; Android 9; CUBOT_X19)" + webKit + " Chrome/99.0 Mobile Safari/537.36", "", true},
	{"Opera Mini", "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; zh) Presto/2.12.423 Version/12.16", "", true},
	{"none", "", "", false},
	{"Baidu", "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", "", false},
	{"Baidu's renderer", "Mozilla/5.0 (compatible; Baiduspider-render/2.0; +http://www.baidu.com/search/spider.html)", "", false},
	{"Google on a phone", phone + " (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "", false},
	{"Bing",
		"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; " +
			"compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116 Safari/537.36", "", false},
	{"Sogou", "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)", "", false},
	{"360", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)" + webKit + " Chrome/62.0 Safari/537.36; 360Spider", "", false},
	{"Shenma", "Mozilla/5.0 (Windows NT 6.1; Win64; x64)" + webKit + " Chrome/69.0 Safari/537.36 YisouSpider/5.0", "", false},
	{"Toutiao",
		"Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 Mobile Safari/537.36 " +
			"(compatible; Bytespider; spider-feedback@bytedance.com)", "", false},
	{"Huawei", phone + " (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)", "", false},
	{"WeChat's share sheet", "WeChatShareExtensionNew/8.0.44 CFNetwork/1474 Darwin/23.0.0", "", false},
	{"Facebook's preview", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "", false},
	{"a tool", "curl/8.5.0", "", false},
	{"a Go program", "Go-http-client/1.1", "", false},
	{"prefetch", phone, "prefetch", false},
	{"prerender", phone, "prefetch;prerender", false},
	{"Firefox ahead", phone, "Prefetch", false},
	{"Safari's preview", phone, "preview", false},
	{"some other purpose", phone, "navigate", true},
}

func TestPerson(t *testing.T) {
	c := startCounter(t, Options{})
	for _, row := range visitors {
		t.Run(row.name, func(t *testing.T) {
			for range 2 { // judged, and remembered
				if got := c.IsPerson([]byte(row.agent), nil, []byte(row.purpose)); got != row.want {
					t.Errorf("a person: %v, want %v", got, row.want)
				}
			}
		})
	}
}

func TestRegion(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	c := startCounter(t, Options{Regions: readTable(t), Trusted: trusted})
	direct := startCounter(t, Options{Regions: readTable(t)})
	for _, row := range []struct {
		name, remote, forwarded, want string
	}{
		{"straight", "192.0.2.1", "", "500155"},
		{"straight, and says it is elsewhere", "192.0.2.1", "203.0.113.1", "500155"},
		{"through the proxy", "127.0.0.1", "203.0.113.1", "440300"},
		{"through the proxy by IPv6", "::1", "2001:db8:1::7", "500155"},
		{"the proxy as IPv4 in IPv6", "::ffff:127.0.0.1", "203.0.113.1", "440300"},
		{"what the visitor wrote comes first", "127.0.0.1", "198.51.100.1, 203.0.113.1", "440300"},
		{"two proxies", "127.0.0.1", "198.51.100.1, 192.0.2.1, 10.1.2.3", "500155"},
		{"with ports", "127.0.0.1", "192.0.2.1:4711", "500155"},
		{"IPv6 with a port", "127.0.0.1", "[2001:db8:1::7]:4711", "500155"},
		{"the proxy does not say", "127.0.0.1", "", ""},
		{"the proxy says nonsense", "127.0.0.1", "unknown", ""},
		{"nonsense after a proxy", "127.0.0.1", "192.0.2.1, _hidden, 10.0.0.1", ""},
		{"only proxies", "127.0.0.1", "10.0.0.1, 10.0.0.2", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := c.FindRegion(netip.MustParseAddr(row.remote), []byte(row.forwarded)); got != row.want {
				t.Errorf("region %q, want %q", got, row.want)
			}
		})
	}
	if got := direct.FindRegion(netip.MustParseAddr("127.0.0.1"), []byte("203.0.113.1")); got != "" {
		t.Errorf("a proxy that nobody named is believed: %q", got)
	}
}

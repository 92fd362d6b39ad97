package api

import (
	"net"
	"net/url"
	"strings"

	"github.com/yousang/yousang/internal/locale"
)

// Warning is something that does not stop a request but that somebody should mend.
type Warning struct {
	Code     string `json:"code" enum:"placeholder_address" doc:"placeholder_address: the public address is not one that strangers can open by https, so codes printed now will open for nobody."`
	Sentence string `json:"sentence" doc:"In the language of Accept-Language."`
}

// warnAddress is the code of the warning about the public address; it is the header Yousang-Warning as well, which holds no Chinese.
const warnAddress = "placeholder_address"

// warned is what an answer that hands out codes says of the public address: "" and no warnings where it will do.
func (a *API) warned(say *locale.Printer) (header string, list []Warning) {
	if !placeholder(a.PublicURL) {
		return "", nil
	}
	return warnAddress, []Warning{{Code: warnAddress, Sentence: say.T("warning.placeholder_address", "Address", a.PublicURL)}}
}

// reserved are the ends of names that nobody can own (RFC 2606, RFC 6761, RFC 6762, RFC 8375), or that only one machine or house knows.
var reserved = []string{"localhost", "invalid", "test", "example", "local", "internal", "lan", "home.arpa", "example.com", "example.net", "example.org"}

// placeholder reports whether a stranger's phone cannot open an address: it is not https, or its host is reserved, without a full stop, or a
// number of a private network.
func placeholder(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" {
		return true
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
	}
	if !strings.Contains(host, ".") {
		return true
	}
	for _, end := range reserved {
		if host == end || strings.HasSuffix(host, "."+end) {
			return true
		}
	}
	return false
}

package label

import (
	"net"
	"net/url"
	"strings"
)

// reserved are the ends of names that nobody can own (RFC 2606, RFC 6761, RFC 6762, RFC 8375), or that only one machine or house knows.
var reserved = []string{"localhost", "invalid", "test", "example", "local", "internal", "lan", "home.arpa", "example.com", "example.net", "example.org"}

// Placeholder reports whether a stranger's phone cannot open an address: it is not https, or its host is reserved, without a full stop, or a
// number of a private network. Codes printed with it open for nobody, and cannot be called back.
func Placeholder(address string) bool {
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

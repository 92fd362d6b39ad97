package label

import (
	"net"
	"net/url"
	"strings"
)

// reservedEndings are the ends of host names that have no owner (RFC 2606, RFC 6761, RFC 6762, RFC 8375), or that only one machine or one
// local network knows.
var reservedEndings = []string{
	"localhost", "invalid", "test", "example", "local", "internal", "lan", "home.arpa", "example.com", "example.net", "example.org",
}

// IsPlaceholder reports whether a stranger's phone cannot open an address: the address is not https, or its host is reserved, has no full
// stop, or is a number of a private network. A code printed with such an address opens on no phone and cannot be called back.
func IsPlaceholder(address string) bool {
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
	for _, ending := range reservedEndings {
		if host == ending || strings.HasSuffix(host, "."+ending) {
			return true
		}
	}
	return false
}

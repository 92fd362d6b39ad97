// Package resolve is the resolver: the paths that printed codes open, GS1 Digital Links 数字链接 and the ledger's own identifiers. They lead to
// pages and to registered links and never show a page themselves. The package is a room of its own because GS1's resolver standard rules
// these answers, and no page depends on the standard; see internal/resolver for the part that knows neither ledger nor HTTP.
package resolve

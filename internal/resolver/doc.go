// Package resolver chooses the link to which a code leads: the part of the GS1-Conformant Resolver standard 1.2 that is not HTTP itself.
// The package reads the preferences of a request, chooses among links, and writes link sets 链接集 (RFC 9264) as JSON. The package knows
// neither the ledger nor the pages: package web gives the links.
package resolver

// Package webtest is for tests of the pages: a ledger with two chains, the pages over it, and questions about the answered HTML. Only tests
// import the package.
package webtest

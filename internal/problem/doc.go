// Package problem is the answer to a program whose request cannot be served: problem details (RFC 9457). The package is a room of its own
// because the API and the resolver answer programs in the same form.
package problem

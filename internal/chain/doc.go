// Package chain holds the value chains 产业链 of a county as data: a file per chain says which steps there are, which products go in and
// come out, which ratios are usual and which are impossible. Nothing about pomelo or silk is written in Go. The format is described in
// docs/chains.md.
//
// A Set answers the writer's question about an event (trace.Assessor). A value outside a tolerance gives a question 存疑, never a refusal;
// only what physics forbids is refused. Every comparison is made in exact integers.
package chain

// Package fastpath holds what exists for speed only: every part could be taken out, and the server would give the same answers more slowly.
// The package is a room of its own so that no reader takes a shortcut for a rule, and so that all shortcuts can be measured and removed in
// one place. Each part names its figure, the command that measures the figure, and the moment at which the part is to be removed.
package fastpath

package shell

// PlainLook is the look of the error page, for tests of its template.
var PlainLook = plainLookOnce

// NewErrorPage is an empty error page around a frame.
func NewErrorPage(f Frame) any { return &errorPage{Frame: f} }

package problem

import (
	"errors"
	"net/http"

	"github.com/yousang/yousang/internal/trace"
)

// MediaType is the media type of problem details.
const MediaType = "application/problem+json"

// Problem is an error as a program reads the error: problem details (RFC 9457) with a stable code and the field that the error is about.
// Detail is a sentence for the person who sent the request, in the language of Accept-Language. The API fills all members; the resolver has
// no page of its error codes and no request numbers, and leaves type, instance and args out.
type Problem struct {
	Type     string            `json:"type,omitempty" required:"true" doc:"Address of the code's description, relative to the server."`
	Title    string            `json:"title" doc:"The status in words."`
	Status   int               `json:"status" doc:"HTTP status."`
	Detail   string            `json:"detail"`
	Instance string            `json:"instance,omitempty" doc:"Names this request in the server's log."`
	Code     string            `json:"code,omitempty" required:"true" doc:"Stable name of the error, for programs."`
	Field    string            `json:"field,omitempty" doc:"Path of the field it is about, as in inputs[0].quantity."`
	Args     map[string]string `json:"args,omitempty" doc:"The values that the sentence is made of."`
}

// Error makes a Problem an error of huma; people and logs never see this text.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of problem details.
func (p *Problem) ContentType(string) string { return MediaType }

// New describes an error for its reader in a sentence. A cause outside the vocabulary of package trace gives no code and no field.
func New(status int, sentence string, cause error) *Problem {
	p := &Problem{Title: http.StatusText(status), Status: status, Detail: sentence}
	if e := ErrorIn(cause); e != nil {
		p.Code, p.Field = string(e.Code), e.Field
	}
	return p
}

// ErrorIn finds the error of package trace's vocabulary in an error; nil where there is none.
func ErrorIn(err error) *trace.Error {
	var e *trace.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

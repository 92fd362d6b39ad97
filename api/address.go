package api

import (
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/locale"
)

// Warning is something that does not stop a request but that somebody should mend.
type Warning struct {
	Code     string `json:"code" enum:"placeholder_address"`
	Sentence string `json:"sentence" doc:"In the language of Accept-Language."`
}

// warnAddress is the code of the warning about the public address; it is the header Yousang-Warning as well, which holds no Chinese.
const warnAddress = "placeholder_address"

// warnAboutAddress is what an answer that hands out codes says of the public address: "" and no warnings where it will do.
func (a *API) warnAboutAddress(say *locale.Printer) (header string, list []Warning) {
	if !label.IsPlaceholder(a.PublicURL) {
		return "", nil
	}
	return warnAddress, []Warning{{Code: warnAddress, Sentence: say.T("warning.placeholder_address", "Address", a.PublicURL)}}
}

package api

import (
	"github.com/yousang/yousang/internal/label"
	"github.com/yousang/yousang/internal/locale"
)

// Warning is a fault that does not stop a request but that the operator of the server should mend.
type Warning struct {
	Code     string `json:"code" enum:"placeholder_address"`
	Sentence string `json:"sentence" doc:"In the language of Accept-Language."`
}

// warnAddress is the code of the warning about the public address. The code is in the header Yousang-Warning as well, which holds no
// Chinese.
const warnAddress = "placeholder_address"

// warnAboutAddress are the warnings about the public address in an answer that hands out codes; "" and no warnings where the address is
// good.
func (a *API) warnAboutAddress(say *locale.Printer) (header string, list []Warning) {
	if !label.IsPlaceholder(a.PublicURL) {
		return "", nil
	}
	return warnAddress, []Warning{{Code: warnAddress, Sentence: say.T("warning.placeholder_address", "Address", a.PublicURL)}}
}

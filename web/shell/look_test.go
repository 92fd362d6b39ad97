package shell

import "testing"

func TestSqueezeStyle(t *testing.T) {
	got := squeezeStyle("/* a */\n.a > b , .c {\n  margin: 0 auto;\n  width: calc(1px + 2px);\n}\n" +
		"@media (min-width: 5px) { .d { top: 0 } }\n:root { --paper: #fff; --ink: #000 } p { color: var(--ink) }")
	const want = ".a>b,.c{margin:0 auto;width:calc(1px + 2px)}@media (min-width:5px){.d{top:0}}:root{--a:#fff;--b:#000}p{color:var(--b)}"
	if got != want {
		t.Errorf("got %s", got)
	}
}

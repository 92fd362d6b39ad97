package consumer_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/yousang/yousang/web/webtest"
)

func TestBrowser(t *testing.T) {
	b := newBrowser(t)
	t.Run("phone, first screen", b.checkFirstScreen)
	t.Run("desk", b.checkDesk)
	t.Run("contrast as seen", b.checkContrast)
	t.Run("large letters", b.checkLargeLetters)
	t.Run("print", b.checkPrint)
	t.Run("keyboard", b.checkKeyboard)
	t.Run("nothing from elsewhere", b.checkNoForeignHosts)
	t.Run("form", b.submitForm)
	t.Run("button", b.checkButton)
	b.w.RegisterLinks("jars", webtest.NewLink("gs1:recallStatus", "https://recall.example/2026/7", "第 7 号召回公告", "text/html", "zh"))
	b.w.SetStatus("recall", "抽检发现啶虫脒残留超过限量", true, "fruitB")
	t.Run("recalled", b.checkRecalled)
	t.Run("pictures", b.takePictures)
}

// checkFirstScreen: state, product and origin are seen without scrolling on a small phone, in both languages.
func (b *browser) checkFirstScreen(t *testing.T) {
	for _, name := range []string{"jars", "tea", "fruitA", "best", "silk", "cocoon2"} {
		for _, lang := range []string{"zh", "en"} {
			t.Run(name+" "+lang, func(t *testing.T) {
				v := b.view(t, b.w.LotPath(name)+"?lang="+lang, screen{360, 640, false, 16})
				v.checkFits(640, ".band .word", ".what h1", ".amount", ".key code", ".from")
				v.checkNoSidewaysScroll()
				if hash := evaluate[bool](v,
					`[...document.querySelectorAll("code")].some(e=>/sha-256/.test(e.textContent)&&
						e.getClientRects().length&&e.getBoundingClientRect().top<innerHeight)`); hash {
					t.Error("a hash is above the fold")
				}
				small := evaluate[[]string](v, `[...document.querySelectorAll("main a, header a, button, summary, input")].filter(e=>{
					const r=e.getBoundingClientRect();
					return r.width>0&&r.top<innerHeight&&!e.closest("svg")&&!e.closest(".steps")&&(r.height<44||r.width<44)}).map(e=>e.textContent)`)
				if len(small) > 0 {
					t.Errorf("too small to tap: %q", small)
				}
			})
		}
	}
}

func (b *browser) checkDesk(t *testing.T) {
	v := b.view(t, b.w.LotPath("jars"), screen{1280, 800, false, 16})
	v.checkFits(800, ".band", ".what", ".from", "svg.wide")
	v.checkNoSidewaysScroll()
	if v.bottomOf("svg.tall") >= 0 {
		t.Error("the phone's picture is shown as well")
	}
	for _, path := range []string{b.w.LotPath("jars"), b.w.LotPath("jars") + "?lang=en", b.w.LotPath("other") + "?lang=en",
		b.w.LotPath("silk") + "?lang=en", b.w.LotPath("fruitA")} {
		b.checkDrawing(t, path, 1280, "svg.wide")
		b.checkDrawing(t, path, 360, "svg.tall")
	}
}

// checkDrawing looks at a picture as drawn: no text runs over its box, and no box lies on another.
func (b *browser) checkDrawing(t *testing.T, path string, width int64, svg string) {
	v := b.view(t, path, screen{width, 800, false, 16})
	over := evaluate[[]string](v, `[...document.querySelectorAll("`+svg+` g.box")].filter(g=>{
		const r=g.querySelector("rect").getBoundingClientRect();
		return [...g.querySelectorAll("text")].some(t=>{const b=t.getBoundingClientRect();
			return b.width&&(b.left<r.left-1||b.right>r.right+1||b.bottom>r.bottom+1)})}).map(g=>g.textContent)`)
	if len(over) > 0 {
		t.Errorf("%s: text runs over its box: %q", path, over)
	}
	apart := evaluate[bool](v, `(()=>{const r=[...document.querySelectorAll("`+svg+` g.box rect")].map(e=>e.getBoundingClientRect());
		return r.every((a,i)=>r.every((b,j)=>i>=j||a.right<=b.left||b.right<=a.left||a.bottom<=b.top||b.bottom<=a.top))})()`)
	if !apart {
		t.Errorf("%s: boxes of %s lie on one another", path, svg)
	}
}

// measure walks every piece of text and compares its colour with the ground it really stands on.
const measure = `(()=>{const lum=c=>{
const[r,g,b]=c.map(v=>{v/=255;return v<=.04045?v/12.92:((v+.055)/1.055)**2.4});return .2126*r+.7152*g+.0722*b};
const rgb=s=>s.match(/[\d.]+/g).map(Number);const bad=[];
const walk=document.createTreeWalker(document.body,NodeFilter.SHOW_TEXT);
for(let n;n=walk.nextNode();){const e=n.parentElement;
if(!n.textContent.trim()||e.closest("svg")||!e.getClientRects().length||e.closest(".skip"))continue;
let g=e;while(g&&(rgb(getComputedStyle(g).backgroundColor)[3]===0))g=g.parentElement;
const a=lum(rgb(getComputedStyle(e).color)),b=lum(rgb(getComputedStyle(g||document.body).backgroundColor));
const ratio=(Math.max(a,b)+.05)/(Math.min(a,b)+.05);if(ratio<4.5)bad.push(ratio.toFixed(2)+" "+n.textContent.trim().slice(0,20))}
return bad})()`

func (b *browser) checkContrast(t *testing.T) {
	for _, path := range []string{b.w.LotPath("jars"), b.w.LotPath("silk"), "/", "/lot/ABC", "/trace/unit/" + b.w.Lots["box"], jarPage,
		jarPage + "?lot=X1",
		b.w.JarsPath() + "?linkType=linkset"} {
		for _, dark := range []bool{false, true} {
			v := b.view(t, path, screen{360, 640, dark, 16})
			if bad := evaluate[[]string](v, measure); len(bad) > 0 {
				t.Errorf("%s dark=%v: %q", path, dark, bad)
			}
			if ground := evaluate[string](v, "getComputedStyle(document.body).backgroundColor"); (ground == "rgb(25, 24, 20)") != dark {
				t.Errorf("%s dark=%v: the ground is %s", path, dark, ground)
			}
		}
	}
}

// checkLargeLetters: letters of twice the size, as set in the phone: everything stays within the width.
func (b *browser) checkLargeLetters(t *testing.T) {
	for _, path := range []string{b.w.LotPath("jars"), b.w.LotPath("silk") + "?lang=en", "/", "/lot/ABC", jarPage + "?lang=en",
		jarPage + "?lot=X1", b.w.JarsPath() + "?linkType=linkset"} {
		v := b.view(t, path, screen{360, 640, false, 32})
		if size := evaluate[string](v, "getComputedStyle(document.body).fontSize"); size != "34px" {
			t.Fatalf("letters are %s", size)
		}
		v.checkNoSidewaysScroll()
	}
}

// checkPrint: state, product, origin, code and the way are on the first sheet of paper; steps, checks and the hash, although its part is
// folded on the screen, follow on it or on a second one.
func (b *browser) checkPrint(t *testing.T) {
	for _, name := range []string{"jars", "silk", "fruitA"} {
		for _, lang := range []string{"zh", "en"} {
			v := b.view(t, b.w.LotPath(name)+"?lang="+lang, screen{720, 1000, true, 16})
			pdf := runAction(v, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
			if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1)); n > 2 || n > 1 && name+lang == "fruitAzh" {
				t.Errorf("%s %s: %d sheets of paper", name, lang, n)
			}
			v.run(callDevTools(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
			const sheet = 1032 // pixels: 297 mm less the margins
			v.checkFits(sheet, ".band .word", "h1", ".key code", ".from", "svg.wide")
			for _, part := range []string{".steps li", ".truth dd code", ".complain .calls"} {
				if v.bottomOf(part) < 0 {
					t.Errorf("%s %s: %s is not printed", name, lang, part)
				}
			}
			if v.bottomOf("svg.tall") >= 0 || v.bottomOf("footer") >= 0 {
				t.Errorf("%s %s: the phone's picture or the footer is printed", name, lang)
			}
		}
	}
}

func (b *browser) checkKeyboard(t *testing.T) {
	v := b.view(t, b.w.LotPath("jars"), screen{360, 640, false, 16})
	v.run(chromedp.KeyEvent("\t"))
	if seen := evaluate[bool](v, `document.activeElement.className==="skip"&&document.activeElement.getBoundingClientRect().left>=0`); !seen {
		t.Error("the first stop is not the link to the content")
	}
	for range 3 {
		v.run(chromedp.KeyEvent("\t"))
		if width := evaluate[string](v, "getComputedStyle(document.activeElement).outlineWidth"); width != "3px" {
			t.Errorf("focus on %s has an outline of %s", evaluate[string](v, "document.activeElement.outerHTML.slice(0,60)"), width)
		}
	}
}

func (b *browser) checkNoForeignHosts(t *testing.T) {
	host := strings.TrimPrefix(b.base, "http://")
	// the browser notes a 404
	for path, errors := range map[string]int{b.w.LotPath("jars"): 0, "/": 0, "/trace/unit/" + b.w.Lots["box"]: 0, "/lot/ABC": 1, jarPage: 0} {
		v := b.view(t, path, screen{360, 640, false, 16})
		v.mu.Lock()
		for h := range v.hosts {
			if h != host {
				t.Errorf("%s asks %s", path, h)
			}
		}
		if len(v.said) > errors {
			t.Errorf("%s: the browser complains: %q", path, v.said)
		}
		v.mu.Unlock()
		if n := evaluate[int](v, "document.cookie.length+document.scripts.length"); n != 0 {
			t.Errorf("%s has cookies or scripts", path)
		}
	}
}

// checkButton: on a narrow phone the button stands beside the field, its words on one line, in both languages.
func (b *browser) checkButton(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		v := b.view(t, "/?lang="+lang, screen{360, 640, false, 16})
		if far := evaluate[float64](v,
			`document.querySelector("button").getBoundingClientRect().top-document.querySelector("#code").getBoundingClientRect().top`); far != 0 {
			t.Errorf("%s: the button stands %.0f px below the field", lang, far)
		}
		lines := evaluate[int](v,
			`(()=>{const r=document.createRange();r.selectNodeContents(document.querySelector("button"));
				return new Set([...r.getClientRects()].map(x=>x.top)).size})()`)
		if lines != 1 {
			t.Errorf("%s: the button has %d lines", lang, lines)
		}
		v.checkNoSidewaysScroll()
	}
}

// submitForm: the form works without a script and against the policy of the page.
func (b *browser) submitForm(t *testing.T) {
	v := b.view(t, "/", screen{360, 640, false, 16})
	v.run(chromedp.SendKeys(chromedp.CSS("#code"), strings.ToLower(b.w.Lots["tea"])), chromedp.Click(chromedp.CSS("button")),
		chromedp.WaitVisible(chromedp.CSS(".what h1")))
	if got := evaluate[string](v, "location.pathname"); got != b.w.LotPath("tea") {
		t.Errorf("the form leads to %s", got)
	}
}

// checkRecalled: what to do and whom to call come before the name, on the first screen.
func (b *browser) checkRecalled(t *testing.T) {
	v := b.view(t, b.w.LotPath("jars"), screen{360, 640, false, 16})
	v.checkFits(640, ".band .do", ".urgent .calls a")
	if v.bottomOf(".urgent") > v.bottomOf("h1") {
		t.Error("whom to call comes after the name")
	}
}

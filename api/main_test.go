package api_test

import (
	"bytes"
	"image/png"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// TestMainJob is what the program is for: a cooperative's harvest travels to a processor and a county park, and everybody sees what they
// should of it.
func TestMainJob(t *testing.T) {
	c := newCounty(t)
	h := c.report("zhongyuan", "/harvests", `{"season":"plot-1-2026","step":"pomelo/harvest","time":"2026-11-10T08:00:00+08:00",
		"lots":[{"product":"fruit","quantity":"824","unit":"斤","grower":"G-017"},{"product":"fruit","quantity":300.5}]}`)
	if len(h.Lots) != 2 || h.EventID == "" || h.Seq == 0 || h.Repeat {
		t.Fatalf("harvest answered %+v", h)
	}
	first, second := h.Lots[0].Key, h.Lots[1].Key
	if want := publicURL + "/lot/" + first; h.Lots[0].URL != want {
		t.Errorf("lot's address %q, want %q", h.Lots[0].URL, want)
	}
	ship := c.report("zhongyuan", "/shipments", `{"to":"factory","time":"2026-11-11T08:00:00+08:00","lots":[{"lot":"`+first+`"},{"lot":"`+second+`","quantity":200}]}`)
	if !strings.HasPrefix(ship.Shipment, namespace+"/shipment/") {
		t.Fatalf("shipment %q", ship.Shipment)
	}
	list := string(c.must("factory", "GET", "/shipments?direction=incoming&open=true", "", 200))
	if !strings.Contains(list, ship.Shipment) {
		t.Errorf("the receiver does not see the shipment: %s", list)
	}
	c.report("factory", "/receipts", `{"shipment":"`+ship.Shipment+`","place":"factory-site","time":"2026-11-12T08:00:00+08:00","lots":[{"lot":"`+first+`","quantity":410,"reason":"路上损耗"},{"lot":"`+second+`"}]}`)
	graded := c.report("factory", "/transformations", `{"place":"factory-site","time":"2026-11-13T08:00:00+08:00","inputs":[{"lot":"`+first+`"},{"lot":"`+second+`","quantity":"200"}],
		"outputs":[{"product":"fruit","quantity":500,"grade":"一级"},{"product":"cull","quantity":100}]}`)
	pressed := c.report("factory", "/transformations", `{"place":"factory-site","time":"2026-11-14T08:00:00+08:00","inputs":[{"lot":"`+graded.Lots[1].Key+`"}],"outputs":[{"product":"juice","quantity":40}]}`)
	juice := pressed.Lots[0]
	if want := publicURL + "/01/09506000134352/10/" + juice.Key; juice.URL != want {
		t.Errorf("address of a lot with a GTIN %q, want %q", juice.URL, want)
	}
	c.report("factory", "/losses", `{"place":"factory-site","time":"2026-11-14T09:00:00+08:00","reason":"洒漏","lots":[{"lot":"`+juice.Lot+`","quantity":1.5}]}`)
	out := c.report("factory", "/shipments", `{"place":"factory-site","to":"park","time":"2026-11-15T08:00:00+08:00","lots":[{"lot":"`+graded.Lots[0].Key+`"},{"lot":"`+juice.URL+`"}]}`)
	c.report("park", "/receipts", `{"shipment":"`+out.Shipment+`","place":"park-site","time":"2026-11-16T08:00:00+08:00"}`)
	boxed := c.report("park", "/transformations", `{"place":"park-site","time":"2026-11-17T08:00:00+08:00","inputs":[{"lot":"`+graded.Lots[0].Key+`"}],"outputs":[{"product":"box","quantity":50}]}`)
	packed := c.report("park", "/packings", `{"place":"park-site","kind":"pallet","time":"2026-11-17T09:00:00+08:00","contents":[{"lot":"`+boxed.Lots[0].Key+`","quantity":40}]}`)
	if !strings.HasPrefix(packed.Unit, namespace+"/unit/") {
		t.Fatalf("unit %q", packed.Unit)
	}
	unit := packed.Unit[strings.LastIndexByte(packed.Unit, '/')+1:]
	if got := string(c.must("park", "GET", "/units/"+unit, "", 200)); !strings.Contains(got, boxed.Lots[0].Lot) {
		t.Errorf("unit: %s", got)
	}
	c.checkLineage(first, boxed.Lots[0].Key)
	c.checkCode(juice.Key, juice.URL)
}

func (c *county) checkLineage(fruit, box string) {
	c.t.Helper()
	type walk struct {
		Truncated bool
		Nodes     []struct{ Lot string }
		Edges     []struct{ From, To int }
		Origins   []struct {
			Name  string
			Share float64
		}
		Now []struct{ HolderName string }
	}
	back := read[walk](c.t, c.must("park", "GET", "/lots/"+box+"/trace", "", 200))
	if len(back.Nodes) != 4 || len(back.Edges) != 3 || len(back.Origins) != 1 || back.Origins[0].Share < 0.999 {
		c.t.Errorf("back from the box: %+v", back)
	}
	fwd := read[walk](c.t, c.must("bureau", "GET", "/lots/"+fruit+"/trace?direction=forward", "", 200))
	if len(fwd.Nodes) != 5 {
		c.t.Errorf("forward from the fruit: %d lots, want 5: %+v", len(fwd.Nodes), fwd)
	}
	cut := read[walk](c.t, c.must("bureau", "GET", "/lots/"+fruit+"/trace?direction=forward&limit=2", "", 200))
	if !cut.Truncated || len(cut.Nodes) != 2 {
		c.t.Errorf("a bounded walk: %+v", cut)
	}
	lot := read[struct {
		Key, Status string
		History     []struct {
			Seq  int64
			Body map[string]any
		}
		From []struct{ Lot string }
	}](c.t, c.must("zhongyuan", "GET", "/lots/"+strings.ToLower(box[:4])+"-"+box[4:], "", 200))
	if lot.Key != box || lot.Status != "active" || len(lot.History) != 2 || lot.History[0].Body["type"] != "TransformationEvent" || len(lot.From) != 1 {
		c.t.Errorf("the lot with its history: %+v", lot)
	}
}

// checkCode reads the printed code back.
func (c *county) checkCode(key, url string) {
	c.t.Helper()
	r := c.ask("", "GET", "/lots/"+key+"/qr.png?px=300", "")
	if r.status != 200 || r.header.Get("Content-Type") != "image/png" {
		c.t.Fatalf("code: %d %s", r.status, r.header)
	}
	img, err := png.Decode(bytes.NewReader(r.body))
	if err != nil {
		c.t.Fatal(err)
	}
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		c.t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if res.GetText() != url {
		c.t.Errorf("the code says %q, want %q", res.GetText(), url)
	}
	svg := c.ask("", "GET", "/lots/"+key+"/qr.svg?mm=30", "")
	if svg.status != 200 || svg.header.Get("Content-Type") != "image/svg+xml" || !bytes.Contains(svg.body, []byte(`width="30mm"`)) {
		c.t.Errorf("SVG: %d %s %.100s", svg.status, svg.header, svg.body)
	}
}

func TestPages(t *testing.T) {
	c := newCounty(t)
	var keys []string
	for i := range 7 {
		keys = append(keys, c.harvest(strconv.Itoa(100+i)))
	}
	type page struct {
		Items []struct {
			Key string
			Seq int64
			ID  string
		}
		Next any
	}
	var got []string
	cursor := ""
	for n := 0; ; n++ {
		p := read[page](t, c.must("zhongyuan", "GET", "/lots?limit=3&cursor="+cursor, "", 200))
		for _, row := range p.Items {
			got = append([]string{row.Key}, got...)
		}
		if n == 0 {
			c.harvest("5") // what comes meanwhile never shifts a page
		}
		if p.Next == nil {
			break
		}
		cursor = p.Next.(string)
	}
	if strings.Join(got, " ") != strings.Join(keys, " ") {
		t.Errorf("pages of lots gave %v, want %v", got, keys)
	}
	seen, after := map[int64]bool{}, "0"
	for {
		p := read[page](t, c.must("zhongyuan", "GET", "/events?kind=event&limit=3&after="+after, "", 200))
		for _, row := range p.Items {
			if seen[row.Seq] {
				t.Errorf("record %d came twice", row.Seq)
			}
			seen[row.Seq] = true
		}
		if p.Next == nil {
			break
		}
		after = strconv.FormatFloat(p.Next.(float64), 'f', 0, 64)
	}
	if len(seen) != 8 {
		t.Errorf("%d records, want 8", len(seen))
	}
	var ids []string
	for next := ""; ; {
		p := read[page](t, c.must("park", "GET", "/organisations?limit=2&after="+next, "", 200))
		for _, row := range p.Items {
			ids = append(ids, row.ID[strings.LastIndexByte(row.ID, '/')+1:])
		}
		if p.Next == nil {
			break
		}
		next = p.Next.(string)
	}
	if want := "bureau factory longtan park zhongyuan"; strings.Join(ids, " ") != want {
		t.Errorf("organisations %v, want %s", ids, want)
	}
}

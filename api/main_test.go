package api_test

import (
	"bytes"
	"image/png"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// TestMainJob is the main use of the program: a cooperative's harvest travels to a processor and a county park, and each organisation sees
// its part of the way.
func TestMainJob(t *testing.T) {
	c := newCounty(t)
	h := c.recordReport("zhongyuan", "/harvests", `{"season":"plot-1-2026","step":"pomelo/harvest","time":"2026-11-10T08:00:00+08:00",
		"lots":[{"product":"fruit","quantity":"824","unit":"斤","grower":"G-017"},{"product":"fruit","quantity":300.5}]}`)
	if len(h.Lots) != 2 || h.EventID == "" || h.Seq == 0 || h.Repeat {
		t.Fatalf("harvest answered %+v", h)
	}
	first, second := h.Lots[0].Key, h.Lots[1].Key
	if want := publicURL + "/lot/" + first; h.Lots[0].URL != want {
		t.Errorf("lot's address %q, want %q", h.Lots[0].URL, want)
	}
	ship := c.recordReport("zhongyuan", "/shipments", `{"to":"factory","time":"2026-11-11T08:00:00+08:00","lots":[{"lot":"`+first+
		`"},{"lot":"`+
		second+`","quantity":200}]}`)
	if !strings.HasPrefix(ship.Shipment, namespace+"/shipment/") {
		t.Fatalf("shipment %q", ship.Shipment)
	}
	list := string(c.mustSend("factory", "GET /shipments?direction=incoming&open=true", "", 200))
	if !strings.Contains(list, ship.Shipment) {
		t.Errorf("the receiver does not see the shipment: %s", list)
	}
	c.recordReport("factory", "/receipts",
		`{"shipment":"`+ship.Shipment+`","place":"factory-site","time":"2026-11-12T08:00:00+08:00","lots":[{"lot":"`+first+
			`","quantity":410,"reason":"路上损耗"},{"lot":"`+second+`"}]}`)
	graded := c.recordReport("factory", "/transformations", `{"place":"factory-site","time":"2026-11-13T08:00:00+08:00",
		"inputs":[{"lot":"`+first+`"},{"lot":"`+second+`","quantity":"200"}],
		"outputs":[{"product":"fruit","quantity":500,"grade":"一级"},{"product":"cull","quantity":100}]}`)
	pressed := c.recordReport("factory", "/transformations", `{"place":"factory-site","time":"2026-11-14T08:00:00+08:00","inputs":[{"lot":"`+
		graded.Lots[1].Key+`"}],"outputs":[{"product":"juice","quantity":40}]}`)
	juice := pressed.Lots[0]
	if want := publicURL + "/01/09506000134352/10/" + juice.Key; juice.URL != want {
		t.Errorf("address of a lot with a GTIN %q, want %q", juice.URL, want)
	}
	c.recordReport("factory", "/losses", `{"place":"factory-site","time":"2026-11-14T09:00:00+08:00","reason":"洒漏","lots":[{"lot":"`+juice.Lot+
		`","quantity":1.5}]}`)
	out := c.recordReport("factory", "/shipments", `{"place":"factory-site","to":"park","time":"2026-11-15T08:00:00+08:00","lots":[{"lot":"`+
		graded.Lots[0].Key+`"},{"lot":"`+juice.URL+`"}]}`)
	c.recordReport("park", "/receipts", `{"shipment":"`+out.Shipment+`","place":"park-site","time":"2026-11-16T08:00:00+08:00"}`)
	boxed := c.recordReport("park", "/transformations", `{"place":"park-site","time":"2026-11-17T08:00:00+08:00","inputs":[{"lot":"`+
		graded.Lots[0].Key+`"}],"outputs":[{"product":"box","quantity":50}]}`)
	packed := c.recordReport("park", "/packings", `{"place":"park-site","kind":"pallet","time":"2026-11-17T09:00:00+08:00",
		"contents":[{"lot":"`+
		boxed.Lots[0].Key+`","quantity":40}]}`)
	if !strings.HasPrefix(packed.Unit, namespace+"/unit/") {
		t.Fatalf("unit %q", packed.Unit)
	}
	c.checkUnit(packed.Unit, boxed.Lots[0].Lot)
	c.checkLineage(first, boxed.Lots[0].Key)
	c.checkCode(juice.Key, juice.URL)
}

// checkUnit: a packed unit shows the lot in it.
func (c *county) checkUnit(unit, lot string) {
	c.t.Helper()
	key := unit[strings.LastIndexByte(unit, '/')+1:]
	if got := string(c.mustSend("park", "GET /units/"+key, "", 200)); !strings.Contains(got, lot) {
		c.t.Errorf("unit: %s", got)
	}
}

// checkLineage: the lineage of a box and of the fruit it was made of is whole in both directions, and a bounded walk is cut.
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
	back := decodeAnswer[walk](c.t, c.mustSend("park", "GET /lots/"+box+"/trace", "", 200))
	if len(back.Nodes) != 4 || len(back.Edges) != 3 || len(back.Origins) != 1 || back.Origins[0].Share < 0.999 {
		c.t.Errorf("back from the box: %+v", back)
	}
	fwd := decodeAnswer[walk](c.t, c.mustSend("bureau", "GET /lots/"+fruit+"/trace?direction=forward", "", 200))
	if len(fwd.Nodes) != 5 {
		c.t.Errorf("forward from the fruit: %d lots, want 5: %+v", len(fwd.Nodes), fwd)
	}
	cut := decodeAnswer[walk](c.t, c.mustSend("bureau", "GET /lots/"+fruit+"/trace?direction=forward&limit=2", "", 200))
	if !cut.Truncated || len(cut.Nodes) != 2 {
		c.t.Errorf("a bounded walk: %+v", cut)
	}
	lot := decodeAnswer[struct {
		Key, Status string
		History     []struct {
			Seq  int64
			Body map[string]any
		}
		From []struct{ Lot string }
	}](c.t, c.mustSend("zhongyuan", "GET /lots/"+strings.ToLower(box[:4])+"-"+box[4:], "", 200))
	if lot.Key != box || lot.Status != "active" || len(lot.History) != 2 || lot.History[0].Body["type"] != "TransformationEvent" ||
		len(lot.From) != 1 {
		c.t.Errorf("the lot with its history: %+v", lot)
	}
}

// checkCode reads the printed code back.
func (c *county) checkCode(key, address string) {
	c.t.Helper()
	r := c.sendRequest("", "GET", "/lots/"+key+"/qr.png?px=300", "")
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
	// the reader's search for the corners fails on some perfect pictures; that the picture holds nothing else is true here
	res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		c.t.Fatal(err)
	}
	if res.GetText() != address {
		c.t.Errorf("the code says %q, want %q", res.GetText(), address)
	}
	svg := c.sendRequest("", "GET", "/lots/"+key+"/qr.svg?mm=30", "")
	if svg.status != 200 || svg.header.Get("Content-Type") != "image/svg+xml" || !bytes.Contains(svg.body, []byte(`width="30mm"`)) {
		c.t.Errorf("SVG: %d %s %.100s", svg.status, svg.header, svg.body)
	}
}

// page is a page of any list.
type page struct {
	Items []struct {
		Key string
		Seq int64
		ID  string
	}
	Next any
}

// readPages reads a list to its end, from a cursor on; the cursor goes into the parameter named.
func (c *county) readPages(who, path, param, from string) (all []page) {
	c.t.Helper()
	next := ""
	if from != "" {
		next = "&" + param + "=" + from
	}
	for len(all) < 50 {
		p := decodeAnswer[page](c.t, c.mustSend(who, "GET "+path+next, "", 200))
		all = append(all, p)
		switch v := p.Next.(type) {
		case nil:
			return all
		case string:
			next = "&" + param + "=" + url.QueryEscape(v)
		case float64:
			next = "&" + param + "=" + strconv.FormatFloat(v, 'f', 0, 64)
		}
	}
	c.t.Fatalf("%s has no end", path)
	return nil
}

func TestLotPages(t *testing.T) {
	c := newCounty(t)
	var keys []string
	for i := range 7 {
		keys = append(keys, c.recordHarvest(strconv.Itoa(100+i)))
	}
	first := decodeAnswer[page](t, c.mustSend("zhongyuan", "GET /lots?limit=3", "", 200))
	c.recordHarvest("5") // lots that are made meanwhile never shift a page
	rest := c.readPages("zhongyuan", "/lots?limit=3", "cursor", first.Next.(string))
	var got []string
	for _, p := range append([]page{first}, rest...) {
		for _, row := range p.Items {
			got = append([]string{row.Key}, got...)
		}
	}
	if strings.Join(got, " ") != strings.Join(keys, " ") {
		t.Errorf("pages of lots gave %v, want %v", got, keys)
	}
}

func TestEventPages(t *testing.T) {
	c := newCounty(t)
	for range 8 {
		c.recordHarvest("1")
	}
	last := int64(0)
	n := 0
	for _, p := range c.readPages("zhongyuan", "/events?kind=event&limit=3", "after", "") {
		for _, row := range p.Items {
			if row.Seq <= last {
				t.Errorf("record %d came after %d", row.Seq, last)
			}
			last = row.Seq
			n++
		}
	}
	if n != 8 {
		t.Errorf("%d records, want 8", n)
	}
}

func TestMasterPages(t *testing.T) {
	c := newCounty(t)
	var ids []string
	for _, p := range c.readPages("park", "/organisations?limit=2", "after", "") {
		for _, row := range p.Items {
			ids = append(ids, row.ID[strings.LastIndexByte(row.ID, '/')+1:])
		}
	}
	if want := "bureau factory longtan park zhongyuan"; strings.Join(ids, " ") != want {
		t.Errorf("organisations %v, want %s", ids, want)
	}
}

func TestShipmentPages(t *testing.T) {
	c := newCounty(t)
	lot := c.recordHarvest("100")
	var sent []string
	for range 5 {
		sent = append([]string{c.recordReport("zhongyuan", "/shipments", `{"to":"factory","lots":[{"lot":"`+lot+`","quantity":1}]}`).Shipment},
			sent...)
	}
	var got []string
	next := ""
	for len(got) < 10 {
		p := decodeAnswer[struct {
			Items []struct{ Shipment string }
			Next  int64
		}](t, c.mustSend("factory", "GET /shipments?direction=incoming&limit=2"+next, "", 200))
		for _, s := range p.Items {
			got = append(got, s.Shipment)
		}
		if p.Next == 0 {
			break
		}
		next = "&before=" + strconv.FormatInt(p.Next, 10)
	}
	if strings.Join(got, " ") != strings.Join(sent, " ") {
		t.Errorf("shipments %v, want %v", got, sent)
	}
}

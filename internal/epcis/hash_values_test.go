package epcis

import "testing"

func TestAppendValue(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"whole", "26", "26"}, {"trailing zeros", "26.00", "26"}, {"trailing zero", "1.50", "1.5"}, {"round", "1500", "1500"},
		{"round with fraction", "1500.0", "1500"}, {"exponent", "1e2", "100"}, {"exponent back", "1250E-2", "12.5"},
		{"small", "5e-3", "0.005"}, {"leading zeros", "007", "7"}, {"plus", "+7", "7"}, {"minus", "-0.50", "-0.5"},
		{"minus zero", "-0.0", "0"},
		{"point first", ".5", "0.5"}, {"point last", "5.", "5"},
		{"no float between", "0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"},
		{"twenty-three digits", "12345678901234567890123", "12345678901234567890123"},
		{"huge exponent", "12e999999999999", "12E1000000000"}, {"same huge exponent", "1.2e1000000000", "12E999999999"},
		{"tiny exponent", "1e-999999", "1E-999999"},
		{"long fraction", "1." + repeatZeros(80) + "10", "1." + repeatZeros(80) + "1"},
		{"date is no number", "2020-11-10", "2020-11-10"}, {"offset is no number", "+01:00", "+01:00"}, {"point alone", ".", "."},
		{"minus alone", "-", "-"}, {"exponent without digits", "1e", "1e"}, {"hex is no number", "0x10", "0x10"},
		{"spaces", "  a b \t", "a b"}, {"only spaces", "  ", ""},
		{"CBV URN", "urn:epcglobal:cbv:bizstep:receiving", "https://ref.gs1.org/cbv/BizStep-receiving"},
		{"CBV identifier stays", "urn:epcglobal:cbv:bt:4012345000009:ASN1099", "urn:epcglobal:cbv:bt:4012345000009:ASN1099"},
		{"GS1 CURIE", "gs1:Temperature", "https://ref.gs1.org/voc/Temperature"},
		{"CBV CURIE", "cbv:my_own_party", "https://ref.gs1.org/cbv/my_own_party"},
		{"another's CURIE stays", "yousang:x", "yousang:x"}, {"word", "abc", "abc"}, {"host", "hello", "hello"},
	}
	for _, tt := range tests {
		if got := string(appendValue([]byte("="), []byte(tt.in), home)); got != "="+tt.want {
			t.Errorf("%s: %q: got %s, want =%s", tt.name, tt.in, got, tt.want)
		}
	}
}

func repeatZeros(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0'
	}
	return string(b)
}

func TestAppendTime(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"no fraction", "2020-03-04T11:00:30+01:00", "2020-03-04T10:00:30.000Z"},
		{"one decimal", "2020-03-04T11:00:30.1Z", "2020-03-04T11:00:30.100Z"},
		{"rounded up", "2023-02-02T11:04:03.1415Z", "2023-02-02T11:04:03.142Z"},
		{"rounded down", "2023-02-02T11:04:03.14149999Z", "2023-02-02T11:04:03.141Z"},
		{"carried to the next year", "2023-12-31T23:59:59.9995Z", "2024-01-01T00:00:00.000Z"},
		{"microseconds west", "2022-02-16T20:33:31.116000-06:00", "2022-02-17T02:33:31.116Z"},
		{"leap day", "2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00.000Z"},
		{"half an hour", "2024-01-01T00:00:00+05:30", "2023-12-31T18:30:00.000Z"},
		{"no zone", "2023-02-02T11:04:03", ""}, {"no seconds", "2023-02-02T11:04Z", ""}, {"small t", "2023-02-02t11:04:03Z", ""},
		{"month 13", "2023-13-02T11:04:03Z", ""}, {"30 February", "2023-02-30T11:04:03Z", ""}, {"29 February", "2023-02-29T11:04:03Z", ""},
		{"31 April", "2023-04-31T11:04:03Z", ""}, {"24 o'clock", "2023-02-02T24:00:00Z", ""}, {"leap second", "2016-12-31T23:59:60Z", ""},
		{"point without decimals", "2023-02-02T11:04:03.Z", ""}, {"offset too large", "2023-02-02T11:04:03+14:01", ""},
		{"letters", "2023-02-02Taa:04:03Z", ""}, {"year 0", "0000-02-02T11:04:03Z", ""},
		{"after the year 9999", "9999-12-31T23:59:59-01:00", ""},
		{"more after the end", "2023-02-02T11:04:03ZZ", ""}, {"a word", "yesterday", ""},
	}
	for _, tt := range tests {
		got, ok := appendTime(nil, []byte(tt.in))
		if string(got) != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %s: got %s %v, want %s", tt.name, tt.in, got, ok, tt.want)
		}
	}
}

// unchangedKeys are texts that are no key in the form of the standard; the event hash leaves them unchanged.
var unchangedKeys = []string{
	"urn:epc:id:sgtin:0614141.107346", "urn:epc:id:sgtin:0614141.1073461.1", "urn:epc:id:sgtin:0614141.10734x.1",
	"urn:epc:id:sgtin:06141.107346.1",
	"urn:epc:id:sgtin:0614141.107346.123456789012345678901", "urn:epc:id:sgtin:0614141.107346.%2",
	"urn:epc:id:sgtin:0614141.107346.a b",
	"urn:epc:id:lgtin:4012345.099988.1", "urn:epc:class:sgtin:4012345.099988.1", "urn:epc:idpat:sgtin:4012345.*.*",
	"urn:epc:idpat:sscc:4012345.0000000333",
	"urn:epc:id:sscc:4012345.00000003331", "urn:epc:id:sgcn:4012345.67890.x", "urn:epc:id:itip:4012345.012345.1.2.987",
	"urn:epc:id:cpi:0614141.1",
	"urn:epc:tag:sgtin-96:3.0614141.812345.6789", "urn:epc:id:gid:952056.2718.1414", "urn:epc:", "urn:epc:id:",
	"urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
	"https://trace.example.cn/lot/9K4XQ7TMDA2R", "https://trace.example.cn/lot/234567892345", "https://example.com",
	"https://example.com/01/", "http://",
	"https://example.com/01/123/10/x", "https://example.com/01/04012345999990/10", "https://example.com/01/04012345999990/99/x",
	"https://example.com/01/0401234599999x",
	"https://example.com/party/234567892345", "http://transaction.acme.com/po/12345678",
	"https://www.ncbi.nlm.nih.gov/taxonomy/1126011",
	"https://example.com/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/01/04012345999990",
}

func TestKeys(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"sgtin", "urn:epc:id:sgtin:0614141.107346.2017", linkBase + "01/10614141073464/21/2017"},
		{"sgtin, prefix of 12", "urn:epc:id:sgtin:061414110734.1.6", linkBase + "01/10614141107343/21/6"},
		{"sgtin with escapes", "urn:epc:id:sgtin:0614141.107346.a%2Fb%26c+d,e:f", linkBase + "01/10614141073464/21/a%2Fb%26c%2Bd%2Ce%3Af"},
		{"sgtin with characters that stay", "urn:epc:id:sgtin:0614141.107346.!()*'-._;=", linkBase + "01/10614141073464/21/!()*'-._;="},
		{"lgtin", "urn:epc:class:lgtin:4012345.099988.2014-02-10", linkBase + "01/04012345999884/10/2014-02-10"},
		{"sgtin pattern", "urn:epc:idpat:sgtin:4012345.066666.*", linkBase + "01/04012345666663"},
		{"sscc", "urn:epc:id:sscc:4012345.0000000333", linkBase + "00/040123450000003338"},
		{"sgln", "urn:epc:id:sgln:4012345.00011.987", linkBase + "414/4012345000115/254/987"},
		{"sgln without extension", "urn:epc:id:sgln:4012345.00011.0", linkBase + "414/4012345000115"},
		{"sgln, prefix of 12", "urn:epc:id:sgln:401234500011..9", linkBase + "414/4012345000115/254/9"},
		{"pgln", "urn:epc:id:pgln:4012345.00000", linkBase + "417/4012345000009"},
		{"grai", "urn:epc:id:grai:4012345.55555.987", linkBase + "8003/04012345555554987"},
		{"gdti", "urn:epc:id:gdti:0614141.12345.400", linkBase + "253/0614141123452400"},
		{"giai", "urn:epc:id:giai:4000001.111", linkBase + "8004/4000001111"},
		{"gsrn", "urn:epc:id:gsrn:0614141.0000010253", linkBase + "8018/061414100000102534"},
		{"gsrnp", "urn:epc:id:gsrnp:0614141.0000010253", linkBase + "8017/061414100000102534"},
		{"gsin", "urn:epc:id:gsin:0614141.123456789", linkBase + "402/06141411234567890"},
		{"ginc", "urn:epc:id:ginc:0614141.xyz", linkBase + "401/0614141xyz"},
		{"sgcn", "urn:epc:id:sgcn:4012345.67890.04711", linkBase + "255/401234567890104711"},
		{"cpi", "urn:epc:id:cpi:0614141.123ABC.123456789", linkBase + "8010/0614141123ABC/8011/123456789"},
		{"cpi pattern", "urn:epc:idpat:cpi:0614141.123ABC.*", linkBase + "8010/0614141123ABC"},
		{"itip", "urn:epc:id:itip:4012345.012345.01.02.987", linkBase + "8006/040123451234560102/21/987"},
		{"upui", "urn:epc:id:upui:1234567.089456.51qIgY)", linkBase + "01/01234567894560/235/51qIgY)"},
		{"link of another domain", "https://shop.example.com/a/01/04012345999990/21/XYZ-1234?17=260101#x",
			linkBase + "01/04012345999990/21/XYZ-1234"},
		{"link with lot and serial", linkBase + "01/04012345999990/10/L/21/S", linkBase + "01/04012345999990/21/S"},
		{"link with variant", linkBase + "01/04012345999990/22/V/10/L/", linkBase + "01/04012345999990/10/L"},
		{"link with variant only", linkBase + "01/04012345999990/22/V", linkBase + "01/04012345999990"},
		{"link with words", "https://example.com/gtin/4012345999990/lot/A1", linkBase + "01/04012345999990/10/A1"},
		{"link of a short GTIN", linkBase + "01/40123455", linkBase + "01/00000040123455"},
		{"link with needless escape", linkBase + "01/04012345999990/21/a%2Db%2f", linkBase + "01/04012345999990/21/a-b%2F"},
		{"link of a place", "http://id.gs1.de/414/4012345000115/254/7", linkBase + "414/4012345000115/254/7"},
		{"document", "https://example.com/253/4012345000054987", linkBase + "253/4012345000054987"},
	}
	for _, tt := range tests {
		if got := string(appendValue(nil, []byte(tt.in), nil)); got != tt.want {
			t.Errorf("%s: %s: got %s, want %s", tt.name, tt.in, got, tt.want)
		}
	}
	for _, in := range unchangedKeys {
		if got := string(appendValue(nil, []byte(in), nil)); got != in {
			t.Errorf("%s became %s", in, got)
		}
	}
}

func TestIsURI(t *testing.T) {
	good := []string{"https://a.cn/x?y#z", "urn:x:1", "ni:///sha-256;a?ver=1", "example:x", "geo:50.9,6.9",
		"urn:epc:idpat:sgtin:4012345.066666.*"}
	bad := []string{"", "abc", ":x", "x:", "1x:y", "a b:c", "a:b c", "a:b%2", "a:b%zz", "https://a.cn/柚", "a:<b>"}
	for _, in := range good {
		if !isURI([]byte(in)) {
			t.Errorf("%s: got false, want true", in)
		}
	}
	for _, in := range bad {
		if isURI([]byte(in)) {
			t.Errorf("%s: got true, want false", in)
		}
	}
}

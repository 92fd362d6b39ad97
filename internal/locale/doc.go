// Package locale holds every sentence for people, in Chinese and in English: of errors, of questions 存疑, of field names, of quantities and
// dates, and of the pages.
//
// The sentences stand in messages.zh-CN.json and messages.en.json, flat lists of id and text in go-i18n's format. A new sentence needs the
// same id in both files with the same placeholders ({{.Place}}); a test finds omissions. An id "x+y" is a fuller wording of "x", which
// Printer.Tell chooses when all placeholders of the wording have a value.
package locale

// Package locale is every sentence that people read, in Chinese and in English: of errors, of questions 存疑, of field names, of
// quantities and dates, and of the pages.
//
// The sentences stand in messages.zh-CN.json and messages.en.json, flat lists of id and text in go-i18n's format. To add one, add the
// same id to both files with the same placeholders ({{.Place}}); a test finds what was forgotten. An id "x+y" is a fuller wording of
// "x", chosen by Tell when all of its placeholders have a value.
package locale

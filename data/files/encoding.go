package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charset is an encoding of text and how we know of it.
type charset struct {
	name   string
	how    string // stated, by its byte order mark, guessed, ...; empty: by its bytes
	decode encoding.Encoding
}

func (c charset) String() string {
	if c.how == "" {
		return c.name
	}
	return c.name + " (" + c.how + ")"
}

func (c charset) isUTF8() bool { return c.decode == nil }

// GB18030 holds GBK and GB2312, so it reads all three.
var (
	charsetUTF8  = charset{name: "UTF-8"}
	charsetGB    = charset{name: "GB18030", decode: simplifiedchinese.GB18030}
	charsetBig5  = charset{name: "Big5", decode: traditionalchinese.Big5}
	charsetLatin = charset{name: "Windows-1252", decode: charmap.Windows1252}
	charsetUTF16 = [2]charset{
		{name: "UTF-16LE", decode: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{name: "UTF-16BE", decode: unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	}
)

// charsetNamed knows the names that people, .cpg files and spreadsheets use.
func charsetNamed(name string) (charset, bool) {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(name)))
	switch plain {
	case "utf8", "65001", "cp65001":
		return charsetUTF8, true
	case "gbk", "gb18030", "gb2312", "936", "cp936", "54936", "ansi936", "euccn", "oem936":
		return charsetGB, true
	case "big5", "950", "cp950", "ansi950":
		return charsetBig5, true
	case "windows1252", "1252", "cp1252", "latin1", "iso88591", "88591", "ansi1252":
		return charsetLatin, true
	case "utf16", "utf16le":
		return charsetUTF16[0], true
	case "utf16be":
		return charsetUTF16[1], true
	}
	return charset{}, false
}

// Encodings are names of encodings that Options.Encoding may have.
const Encodings = "UTF-8, GBK, GB18030, GB2312, Big5, UTF-16LE, UTF-16BE, Windows-1252"

// charsetStated finds the encoding that the caller names; nil when none is.
func charsetStated(name string) (*charset, error) {
	if name == "" {
		return nil, nil
	}
	c, ok := charsetNamed(name)
	if !ok {
		return nil, fmt.Errorf("the encoding %q is none of %s", name, Encodings)
	}
	c.how = "stated"
	return &c, nil
}

// charsetOf finds the encoding of a text file: by its byte order mark, else UTF-8
// when every byte fits, else GB18030 when every byte fits that. It reads all of
// the file.
func charsetOf(ctx context.Context, in stream) (charset, error) {
	mark := make([]byte, 3)
	if n, err := readSome(in, mark); err != nil {
		return charset{}, err
	} else if c, ok := byMark(mark[:n]); ok {
		return c, nil
	}
	notUTF, bad, err := misfit(ctx, in, encoding.UTF8Validator)
	if err != nil || !bad {
		return charsetUTF8, err
	}
	notGB, bad, err := misfit(ctx, in, charsetGB.decode.NewDecoder())
	if err != nil {
		return charset{}, err
	}
	if bad {
		return charset{}, fmt.Errorf("the text is neither UTF-8 (near byte %d) nor GB18030 (near byte %d of the text); state its encoding", notUTF, notGB)
	}
	c := charsetGB
	c.how = "guessed: it is not UTF-8"
	return c, nil
}

// readSome fills raw from the start of a file, as far as there is any.
func readSome(in stream, raw []byte) (int, error) {
	file, err := in.open()
	if err != nil {
		return 0, err
	}
	defer file.Close()
	n, err := io.ReadFull(file, raw)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// misfit looks for the first bytes of a file that a decoder cannot read.
func misfit(ctx context.Context, in stream, decoder transform.Transformer) (near int64, bad bool, err error) {
	file, err := in.open()
	if err != nil {
		return 0, false, err
	}
	defer file.Close()
	text := transform.NewReader(file, decoder)
	chunk := make([]byte, 1<<16)
	for {
		if err := ctx.Err(); err != nil {
			return 0, false, err
		}
		n, err := text.Read(chunk)
		if at := bytes.Index(chunk[:n], []byte("\ufffd")); at >= 0 && decoder != encoding.UTF8Validator {
			return near + int64(at), true, nil
		}
		near += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			return 0, false, nil
		case errors.Is(err, encoding.ErrInvalidUTF8):
			return near, true, nil
		case err != nil:
			return 0, false, err
		}
	}
}

// byMark finds the encoding of a text that begins with a byte order mark.
func byMark(raw []byte) (charset, bool) {
	for mark, c := range map[string]charset{"\xef\xbb\xbf": charsetUTF8, "\xff\xfe": charsetUTF16[0], "\xfe\xff": charsetUTF16[1]} {
		if bytes.HasPrefix(raw, []byte(mark)) {
			c.how = "by its byte order mark"
			return c, true
		}
	}
	return charset{}, false
}

// Reads a log with the code that the Go toolchain checks its own checksum database with: readlog URL KEY. Every entry's inclusion is proven
// and checked against the signed checkpoint, and earlier sizes are checked to be its beginning.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var url string

func stop(why ...interface{}) {
	fmt.Fprintln(os.Stderr, why...)
	os.Exit(1)
}

func fetch(path string) []byte {
	r, err := http.Get(url + "/" + path)
	if err != nil {
		stop(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 {
		stop(path, r.StatusCode, err)
	}
	return b
}

// tiles fetches them under the names of C2SP tlog-tiles, which leave the height out.
type tiles struct{}

func (tiles) Height() int                             { return 8 }
func (tiles) SaveTiles(t []tlog.Tile, data [][]byte) {}
func (tiles) ReadTiles(t []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, one := range t {
		out = append(out, fetch("tile/"+strings.TrimPrefix(one.Path(), "tile/8/")))
	}
	return out, nil
}

func checkpoint(key string) tlog.Tree {
	v, err := note.NewVerifier(key)
	if err != nil {
		stop(err)
	}
	n, err := note.Open(fetch("checkpoint"), note.VerifierList(v))
	if err != nil {
		stop(err)
	}
	lines := strings.Split(n.Text, "\n")
	if lines[0] != v.Name() {
		stop("origin", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		stop(err)
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		stop("root", err)
	}
	t := tlog.Tree{N: size}
	copy(t.Hash[:], root)
	return t
}

func bundle(i, width int64) [][]byte {
	path := (tlog.Tile{H: 8, L: 0, N: i, W: int(width)}).Path()
	data := fetch("tile/entries/" + strings.TrimPrefix(path, "tile/8/0/"))
	var out [][]byte
	for len(data) > 1 {
		n := int(data[0])<<8 | int(data[1])
		if len(data) < 2+n {
			stop("bundle", i)
		}
		out = append(out, data[2:2+n])
		data = data[2+n:]
	}
	if int64(len(out)) != width || len(data) != 0 {
		stop("bundle", i, len(out))
	}
	return out
}

func main() {
	if len(os.Args) != 3 {
		stop("readlog URL KEY")
	}
	url = os.Args[1]
	tree := checkpoint(os.Args[2])
	r := tlog.TileHashReader(tree, tiles{})
	var included, consistent int64
	for at := int64(0); at < tree.N; {
		width := tree.N - at
		if width > 256 {
			width = 256
		}
		for _, e := range bundle(at/256, width) {
			p, err := tlog.ProveRecord(tree.N, at, r)
			if err == nil {
				err = tlog.CheckRecord(p, tree.N, tree.Hash, at, tlog.RecordHash(e))
			}
			if err != nil {
				stop("entry", at, err)
			}
			included++
			at++
		}
	}
	for n := int64(1); n < tree.N; n += 1 + tree.N/20 {
		h, err := tlog.TreeHash(n, r)
		if err != nil {
			stop(err)
		}
		p, err := tlog.ProveTree(tree.N, n, r)
		if err == nil {
			err = tlog.CheckTree(p, tree.N, tree.Hash, n, h)
		}
		if err != nil {
			stop("size", n, err)
		}
		consistent++
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]int64{"entries": tree.N, "inclusion": included, "consistency": consistent})
}

// SPDX-License-Identifier: GPL-2.0-or-later

// A connection with the TLS of Go: HOST PORT CA. See http_pipe.py.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

func fail(kind string, err error) {
	fmt.Printf("%s: %v\n", kind, err)
	os.Exit(1)
}

func main() {
	host, port := os.Args[1], os.Args[2]
	pem, err := os.ReadFile(os.Args[3])
	if err != nil {
		fail("closed", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	settings := &tls.Config{ServerName: host, RootCAs: pool}
	if name := os.Getenv("SSLKEYLOGFILE"); name != "" {
		keys, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			fail("closed", err)
		}
		settings.KeyLogWriter = keys
	}
	addresses, err := net.LookupHost(host)
	if err != nil {
		fail("unresolvable", err)
	}
	plain, err := net.DialTimeout("tcp", net.JoinHostPort(addresses[0], port), 10*time.Second)
	if err != nil {
		fail("unreachable", err)
	}
	sealed := tls.Client(plain, settings)
	if err := sealed.Handshake(); err != nil {
		fail("tls-failed", err)
	}
	fmt.Println("ok")
	go func() {
		io.Copy(os.Stdout, sealed)
		os.Exit(0)
	}()
	io.Copy(sealed, os.Stdin)
	sealed.Close()
}

// SPDX-License-Identifier: GPL-2.0-or-later

import java.io.FileInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A connection with the TLS of Java: HOST PORT CA. See http_pipe.py. */
public class TlsPipe {
    static void pass(InputStream from, OutputStream to) throws Exception {
        byte[] data = new byte[65536];
        int length;
        while ((length = from.read(data)) > 0) {
            to.write(data, 0, length);
            to.flush();
        }
    }

    static SSLSocket connect(String host, int port, String ca) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (FileInputStream file = new FileInputStream(ca)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port);
        SSLParameters settings = socket.getSSLParameters();
        settings.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(settings);
        socket.startHandshake();
        return socket;
    }

    public static void main(String[] words) throws Exception {
        SSLSocket socket = null;
        try {
            socket = connect(words[0], Integer.parseInt(words[1]), words[2]);
        } catch (UnknownHostException error) {
            System.out.println("unresolvable: " + error.getMessage());
        } catch (ConnectException error) {
            System.out.println("unreachable: " + error.getMessage());
        } catch (SSLException error) {
            System.out.println("tls-failed: " + error.getMessage());
        }
        if (socket == null) {
            System.exit(1);
        }
        System.out.println("ok");
        InputStream answers = socket.getInputStream();
        Thread back = new Thread(() -> {
            try {
                pass(answers, System.out);
            } catch (Exception error) {
                // The other end has closed, or this one: either way it is over.
            }
            System.exit(0);
        });
        back.setDaemon(true);
        back.start();
        pass(System.in, socket.getOutputStream());
        socket.close();
        System.exit(0);
    }
}

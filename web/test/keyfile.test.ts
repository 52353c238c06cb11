// Key files of a throwaway key, as OpenSSL writes them: read, used, and refused with the reason.
import { describe, expect, it } from 'vitest'
import { base64, pem, unbase64 } from '../src/lib/der'
import { KeyFileFault, publicKeyOf, readCertificate, readKeyFile, readSignature } from '../src/lib/keyfile'

const P12 = unbase64(`MIIEHAIBAzCCA9IGCSqGSIb3DQEHAaCCA8MEggO/MIIDuzCCAnIGCSqGSIb3DQEHBqCCAmMwggJfAgEAMIICWAYJKoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg265jmIdmi0gICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENu/UUroPqmMnBI+IR6W3hCAggHwOxNLVS4yFkkSkSPK0/iaWmlo60yx1smTJiwPc69ej6jE87WrNPczuQPQ0SkzxRqokFSN9Cp0HP3IWtSPjGi4TyUxQPYt0Py7tW1zz7mdtSYsGCZbfzkV5GhgNbUnB96PeWPptqpo6GfZ3AUgNT88Nuzx01um+bqHBpj7eSHomP/Z4YT5YWsFKuuW8yfVlENr5tFbowgzJVZ54pLkkBs37gfVTk4ZWBQMNpXQRb4l5qJMAWehXIBWw8k+AmqPXSJxrFBKlh11DSLwQJt/4Xptk7/Xqu/nvqsFhrIiLMUWwtjHtPEMgAUsY/bnp0SNjlzvdtLPDwq+GjKop58qj5B7cFlcKhKBSqs+LHHvEYzleugr/dc7A+hIf9jafVQpokK/uMiObJNWAD+ps8MMNB8q9CN2xhy/Fcu6QTKALNcJyShhAs9s2ile3CPlROuk987dkL2FRlWqplSfwau6xacRkYra4RLigR/X+3bcJlg21UbMI4Faq1cO3Jvl7Q3l8tWMRsb2O0j1l2+ymVhEoguP3+E7SJ3Ex0mKZBUIqrbN9tchAbeuDL0WPst1H33NCAyUqDsX7zgtYr6hcq5qW2iBp14IvcS1F+OxbfGimyIFhb/ms4cUMO/GvdGMdp10D03wqplyMRXfNr134DodZnuw9jCCAUEGCSqGSIb3DQEHAaCCATIEggEuMIIBKjCCASYGCyqGSIb3DQEMCgECoIHvMIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgDc/Ga8zDRMQICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECSm8UeHgpVF7REgNv9Q6k8EgZDPkP/Wu+5jG/JQ/PKXR82R+Tppmr63b4YAowEyOfeYhRE5gnI3metDWJ/oYxFdwvyZmzRBb1fxIfUBqSlPyW6VjmQmwCHz0ZfKXwoLsOoKjKJ90dwjY0zBFCC2CcPEONIl31gRRDyjne5Y0EypGB4hoFJKg0jXrNmDMyuTR+Du7mQl0SpIlkxA+LvtURUJrPAxJTAjBgkqhkiG9w0BCRUxFgQUqJwHVh7sqjjdccawVWZGStEsPm4wQTAxMA0GCWCGSAFlAwQCAQUABCCcZwetF0EqKOh4uy64if2M9MoqmIuCnSnvo1rlB+G51AQIDaqClknMqcMCAggA`)
const OLD = unbase64(`MIIDigIBAzCCA1AGCSqGSIb3DQEHAaCCA0EEggM9MIIDOTCCAi8GCSqGSIb3DQEHBqCCAiAwggIcAgEAMIICFQYJKoZIhvcNAQcBMBwGCiqGSIb3DQEMAQYwDgQIC7bxU6NyJ2oCAggAgIIB6PGBO8FPkTKAzXDb2ljLaTDOfjjuz5xXztz/hYhqBHkRmtx26GHRnwHLy9hNTg6gl9mR9YYAjwZELoxu8Y7PYk2H1pDJ2Ub2trZAY6nT4i56pMayXac3S56Nt3EgO3dlSaGVSk8y44ia/uNbEQMQzbo2kl00EISe9F+1DwEI+yMnw8BZ3j27UkipYhX7cc0btkKso/anmogL9Fdgahnuswjuyq4SI8gieq0ajKGVC4fB+daEKUTYICH489/i72UcbIlWuP34Gs/U9MtoUJhUed+WF+jPAsXU0/cBrlNfsR0/Vitj64p7YiRmU+ExxpfXY3EU5sxu7rdwYfzQYecH8Ak8lJ3XXPldYuvMV4dwk2bdblyrOv5+4EghZyEtZsfZ4DCLP8bc1rk1uCwRL4iVKYaVhEMssgcXFNm2PZepWk35tiOJDChnyShdfMtK+L41Qg3hPlzO9rqZJ6QGmK33VO1vSUmAQEehlwJhZtalXvINKxl8hrvFZUcWLa08mGSaS0V0zT3ImyOkcaSSYLDHDtjmGfSjGP7TjUeX6s67cCdClb1wVt/LSRT27j8FKdWGRaoBKA6k1as+scFiwLUqF7GqiWcxCuERJIzEvPvPvUj8EVIB140VnkXdBz1Vr3MQweNKql1w9aZhMIIBAgYJKoZIhvcNAQcBoIH0BIHxMIHuMIHrBgsqhkiG9w0BDAoBAqCBtDCBsTAcBgoqhkiG9w0BDAEDMA4ECGjk1v2k1ad6AgIIAASBkEJRS6TsWE/kWSwchA2c4uHfoWKaQOL1ZCQ+I0sIk+Hs1qXRgF+MsY/r/rLNHVOguJN2uIXFYjMsnCgbHqSjMRKsa9P5TVKVoewotX33QxChr7wakO4LNrz5L8GkAi8IUKybzDBNDrPISEBTSVdnwSdOXbbRbS0WwTnv7omPleZ0/cR0d2XGvdijWmNUKj+eojElMCMGCSqGSIb3DQEJFTEWBBSonAdWHuyqON1xxrBVZkZK0Sw+bjAxMCEwCQYFKw4DAhoFAAQUWtA5L4yyXhYdk9RuLVQ/x8Gz+RoECK2CaVNrRRR1AgIIAA==`)
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUewcgugQE40BIwPrw2Q0XSsHyU8kwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNa2V5IGZpbGUgdGVzdDAeFw0yNjExMjcwNjE0NTZaFw0zNjEx
MjQwNjE0NTZaMBgxFjAUBgNVBAMMDWtleSBmaWxlIHRlc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASl9hLDltNba50NVsnswzMtyBAFOgekvYLtOK2u1sp57EcA
kqR4pQancHGNjpJlrg3F44HExr7urnKdeNCE3QVdo1MwUTAdBgNVHQ4EFgQU1uGK
lRrdswES+DFTcEF1OEMkefAwHwYDVR0jBBgwFoAU1uGKlRrdswES+DFTcEF1OEMk
efAwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA/622JAXIWltm
jLHvW7LVl55Phz7uIiZJPZfeZdQVrB4CIEsngf1IQerifwmEOBxU9zhZKappMKEF
BJxLlyZp22cx
-----END CERTIFICATE-----
`
const ENCRYPTED = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjUyDXNMy7zZwICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELZGH8NyTrgKUiUDe8fXgMQEgZAi
Bc4agskpXxShkS7sO+EvONPNHYk1kfBu5Pg4bO8k8gTjIdyrzfm84W4ED5Q7iX30
F1MYniAvVqFhEjswCv6KvrxcYpMcxbK44uXnqwZdhXqIakGqp2zqRuPfVN+j2sLC
OcSd6jSn8ITB165Hm2nixz8dSx9s09b1GhmDKWKPLFoq9k4wCJIrWv8Yh+CGE7w=
-----END ENCRYPTED PRIVATE KEY-----
`
const SM2 = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgrWpOb6bN8sjX4hTo
BcBvi7lrKMQVwFWCD97eaA8JZyChRANCAASVAySOTvsLyrlXCyiRFY3TmeOph0dQ
0gBORoYxz2TZo1usDkqa/fQ0vZHbij4xSmgRUsGhTnKeWZpI/6437kO9
-----END PRIVATE KEY-----
`
const bytes = (s: string) => new TextEncoder().encode(s)
const fault = (p: Promise<unknown>) => p.then(() => 'none', (e) => (e instanceof KeyFileFault ? e.fault : String(e)))

async function good(file: Uint8Array, password: string) {
  const k = await readKeyFile(file, password)
  const signature = await k.sign('a challenge')
  const key = await crypto.subtle.importKey('spki', new Uint8Array(publicKeyOf(k.certificate)), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  expect(signature.length).toBe(64)
  expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, bytes('a challenge'))).toBe(true)
  expect(base64(k.certificate)).toBe(base64(pem(CERTIFICATE)[0]!.bytes))
}

describe('key files', () => {
  it('opens PKCS #12 and PEM and signs', async () => {
    await good(P12, 'open-it')
    await good(bytes(ENCRYPTED + CERTIFICATE), 'open-it')
  })
  it('says what is wrong', async () => {
    expect(await fault(readKeyFile(P12, 'wrong'))).toBe('password')
    expect(await fault(readKeyFile(P12, ''))).toBe('needPassword')
    expect(await fault(readKeyFile(OLD, 'open-it'))).toBe('oldEncryption')
    expect(await fault(readKeyFile(bytes(SM2 + CERTIFICATE), ''))).toBe('sm2')
    expect(await fault(readKeyFile(bytes(CERTIFICATE), ''))).toBe('noKey')
    expect(await fault(readKeyFile(bytes(ENCRYPTED), 'open-it'))).toBe('noCertificate')
    for (let i = 1; i < P12.length; i += 37) expect(await fault(readKeyFile(P12.slice(0, i), 'open-it'))).toBe('format')
  })
  it('tells SignedData from a raw signature', () => {
    expect(readSignature(unbase64('MAsGCSqGSIb3DQEHAg==')).signedData).toBe(true)
    expect(readSignature(unbase64('MAYCAQECAQI=')).signedData).toBe(false)
    expect(readSignature(new Uint8Array(64)).bytes.length).toBe(64)
    expect(base64(readCertificate(bytes(CERTIFICATE)))).toBe(base64(pem(CERTIFICATE)[0]!.bytes))
  })
})

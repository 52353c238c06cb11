/* What Chromium's virtual authenticator answered at http://localhost:8473, attestation "none". Public data: no key is in it. */
#ifndef TRUST_WEBAUTHN_RECORDED_H
#define TRUST_WEBAUTHN_RECORDED_H

#include "trust/webauthn.h"

static const struct {
    int64_t algorithm;
    bool verified;
    const char *origin, *id, *create, *attestation, *get, *data, *signature; /* base64url */
} RECORDED[] = {
    {-7, false, "http://localhost:8473", "izRbMAX3ElsQjsOuXsUD4WrN6RBIrMPWSzaKC3jBoAM",
     "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoidUpSMVlwZEp0Q0w0OEMxMXUwX1QwNmVMSEpxT1REY3FS"
     "MDN0a3diWndDVSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODQ3MyIsImNyb3NzT3JpZ2luIjpmYWxzZSwib3RoZXJf"
     "a2V5c19jYW5fYmVfYWRkZWRfaGVyZSI6ImRvIG5vdCBjb21wYXJlIGNsaWVudERhdGFKU09OIGFnYWluc3QgYSB0ZW1wbGF0"
     "ZS4gU2VlIGh0dHBzOi8vZ29vLmdsL3lhYlBleCJ9",
     "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NBAAAAAQAAAAAA"
     "AAAAAAAAAAAAAAAAIIs0WzAF9xJbEI7Drl7FA-FqzekQSKzD1ks2igt4waADpQECAyYgASFYIOTmf4QRjqnkNnA9YpwF9t6c"
     "5enzcUxNOP_jdSHznW1SIlggSXzICJfbMV-a2meqIqoL8bkOW15-4pE6yxoI5mkaitQ",
     "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiRUZpN0p5SmVVVUxXQUFQaXNFRTVGUUdXUlFZbFY4eExtYUtK"
     "MTMwUTV0OCIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODQ3MyIsImNyb3NzT3JpZ2luIjpmYWxzZX0",
     "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MBAAAAAg",
     "MEUCIQCrclqXoCZoGeWwg3adHnBTgYcmTVw680A1m5nXo46vcgIga2P6hdU9JQjU_RapZLACyf798qpGF5J3j3YrQQkbE9U"},
    {-7, true, "http://localhost:8473", "wjsFuRHDe-jA5dVZOmidrlOOsucsvoM0S4QC4xchyUo",
     "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiZFpPNUV1T2JjSnNnMFB0ZEs4QXhUM21OdE1HbUVmUFN6"
     "MWo0Y3pfeEw4ZyIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODQ3MyIsImNyb3NzT3JpZ2luIjpmYWxzZSwib3RoZXJf"
     "a2V5c19jYW5fYmVfYWRkZWRfaGVyZSI6ImRvIG5vdCBjb21wYXJlIGNsaWVudERhdGFKU09OIGFnYWluc3QgYSB0ZW1wbGF0"
     "ZS4gU2VlIGh0dHBzOi8vZ29vLmdsL3lhYlBleCJ9",
     "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQAAAAAA"
     "AAAAAAAAAAAAAAAAIMI7BbkRw3vowOXVWTpona5TjrLnLL6DNEuEAuMXIclKpQECAyYgASFYIMf3y4554X9FcSmt_izE6Hq8"
     "EdAOi5xfMRV64LOkeRM6Ilgg4zzCysafaCMVTsWZLfR1Fslz-gzMexwi4BN9qzFhM1g",
     "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoidGltdDlaVFNWYzUzT1djWFY0MmFfTHQ1VjhrVnNQOE1Bc1Ux"
     "ZEotRU5IVSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODQ3MyIsImNyb3NzT3JpZ2luIjpmYWxzZX0",
     "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg",
     "MEQCICrrOLqGK-uCKlRj0H2-qLeerrSZe4IYRId_bqm1sMuwAiBqVsRlysAc0uDvvFKUydSU8tn5c9ts4WLrEvaL0NKcTw"},
    {-8, false, "http://localhost:8473", "DBsp4llB_9MYmngcvZlskm6diS8do0pnnGsnsdUqnCc",
     "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoieVJXWVJuOWdXNUtNU2JRTEJfaVZBWGpVemN6Y0ZxanhC"
     "b0YtWFFuYjdOMCIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODQ3MyIsImNyb3NzT3JpZ2luIjpmYWxzZSwib3RoZXJf"
     "a2V5c19jYW5fYmVfYWRkZWRfaGVyZSI6ImRvIG5vdCBjb21wYXJlIGNsaWVudERhdGFKU09OIGFnYWluc3QgYSB0ZW1wbGF0"
     "ZS4gU2VlIGh0dHBzOi8vZ29vLmdsL3lhYlBleCJ9",
     "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YViBSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NBAAAAAQAAAAAA"
     "AAAAAAAAAAAAAAAAIAwbKeJZQf_TGJp4HL2ZbJJunYkvHaNKZ5xrJ7HVKpwnpAEBAycgBiFYIA-u5IaZ4-qcT9tTzUch1U3x"
     "Np3SGU5DnEfTj7pCh634",
     "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiSzJrdHQ2WDNVekdPZWQyWGdKUTlXcHJ3bDVzaXNaTVJxNV9a"
     "Y2VzaWR0QSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODQ3MyIsImNyb3NzT3JpZ2luIjpmYWxzZSwib3RoZXJfa2V5"
     "c19jYW5fYmVfYWRkZWRfaGVyZSI6ImRvIG5vdCBjb21wYXJlIGNsaWVudERhdGFKU09OIGFnYWluc3QgYSB0ZW1wbGF0ZS4g"
     "U2VlIGh0dHBzOi8vZ29vLmdsL3lhYlBleCJ9",
     "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MBAAAAAg",
     "WSEnkRw6oTTv-yxhrROR3KUNca0JkpO5kLc5cK1YvS5e0DrwmKWJ4ka4r8BuCql5_vSjbA7LHpNvrKSDM-8KCw"},
    {-257, true, "http://localhost:8473", "UB5HC8idGFq0DxLXDgXuM0xSrTnKdzR50A0vOSrRnD4",
     "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiZUt4SHBaaVRiRlA0elRaQVY5aXNFLWRYUGQ2VEVsb3ZL"
     "X19rU05oRllFRSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODQ3MyIsImNyb3NzT3JpZ2luIjpmYWxzZX0",
     "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVkBZ0mWDeWIDoxodDQXD2R2YFuP5K65ooYyx5lc87qDHZdjRQAAAAEAAAAA"
     "AAAAAAAAAAAAAAAAACBQHkcLyJ0YWrQPEtcOBe4zTFKtOcp3NHnQDS85KtGcPqQBAwM5AQAgWQEA3Z6Fd9iw4K_D6T6W9Maz"
     "LmIOcGTtCu34gsqgM0T6RYZioOkoRSAAMakfiDTCYaMGVO4POw3INNuwFyYrsK5IsMshK3Z2IoNJctSBjuna-0QZk5dkjprv"
     "e5ICdFRDjU8vbtec_6nyWGoPFdQ3DUobZXLBpzU9Bb0Qzc6qosIZn0y6WfCNVAtOSA61akx-z88sXI2LyScllk1b3iWhuE58"
     "rxCPjqMiB5iLpfN1A9_zx40ooa_HcUlA73MYqc46jopvWZwF03vwLoo6toJTb0PMxcMQUJ8m0aBOwVkDd8tceaFKHHrv-2Pj"
     "9Mw4jc3K2ed0r38QyU3QyJGBHWQKdJj5YSFDAQAB",
     "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiRndBSTJjTVM3V2d5c240X25nbFlpZURhTzcyeTJNMFBRWm14"
     "RTZBV0VYRSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6ODQ3MyIsImNyb3NzT3JpZ2luIjpmYWxzZSwib3RoZXJfa2V5"
     "c19jYW5fYmVfYWRkZWRfaGVyZSI6ImRvIG5vdCBjb21wYXJlIGNsaWVudERhdGFKU09OIGFnYWluc3QgYSB0ZW1wbGF0ZS4g"
     "U2VlIGh0dHBzOi8vZ29vLmdsL3lhYlBleCJ9",
     "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg",
     "OvhdKUS1Yz7poVDfgr0MZN1Ch_X26am-lRsmGT1DwpZw8DJ-xlUH7uA6nhycf4YOxYcgDgjgLPl1uWN89qcdUTuhPDoDJNDl"
     "gUqKoJhmf9AgOPVnymWtgN3l4gb1izjMLCrKJiIrQn3Hl4SAe4AMQoaDelWYukABtk5JcRFbSWjKSfuFfhP0mFWS7lB61fwQ"
     "9oISgI_yOmf4_SOBeFSqof6UIk5L7IlE9TLyQ04_SS_TcAnpPEqP6lD1cnEhThWb-l0gn_BufUdTkfHP_E7NAQ6tB67nuWuM"
     "rcbsgJ6LI7iSc1v9C5vh3okobR18U2m5ZwK_N9-zhi3ZrMus8YVxyg"},
};

#endif

/* Roots of throw-away test keys (the private ones are gone), under which test/corpus/pdf_verify/good.pdf was signed. */
#ifndef TRUST_PDF_VERIFY_FUZZ_ANCHORS_H
#define TRUST_PDF_VERIFY_FUZZ_ANCHORS_H

#define FUZZ_GOOD_SHA256 "90483aa8e9ea96602c2d7ac4313cd14b81767fad8d8865cceb42d8f5c1e357de"
static const char FUZZ_ANCHORS[] = "-----BEGIN CERTIFICATE-----\n"
                                   "MIICJjCCAc2gAwIBAgIQfEDd+krPx6hciQhPty4jnTAKBggqhkjOPQQDAjByMQsw\n"
                                   "CQYDVQQGEwJDTjEtMCsGA1UECgwk5rWL6K+V5biC5pS/5Yqh5pyN5Yqh5pWw5o2u\n"
                                   "566h55CG5bGAMTQwMgYDVQQDDCvmtYvor5XluILmlL/liqHmtYvor5XmoLnor4Hk\n"
                                   "uaYgVEVTVCBST09UIENBMB4XDTIxMDQyOTAxMDAwMFoXDTQxMDQyNTAxMDAwMFow\n"
                                   "cjELMAkGA1UEBhMCQ04xLTArBgNVBAoMJOa1i+ivleW4guaUv+WKoeacjeWKoeaV\n"
                                   "sOaNrueuoeeQhuWxgDE0MDIGA1UEAwwr5rWL6K+V5biC5pS/5Yqh5rWL6K+V5qC5\n"
                                   "6K+B5LmmIFRFU1QgUk9PVCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPt/\n"
                                   "J4fkBaLr+Ez+Te1/GEEOG4/56Hpke5plTx0OhJrOuU4hcnd6+j+n17/R9q0cTDbI\n"
                                   "Sj5DhJDBzCQAYYbmx7ajRTBDMBIGA1UdEwEB/wQIMAYBAf8CAQEwDgYDVR0PAQH/\n"
                                   "BAQDAgEGMB0GA1UdDgQWBBQAdyHZUH5QhmUSwZyrwZCIp6dUmTAKBggqhkjOPQQD\n"
                                   "AgNHADBEAiB15cy8q2gWdQBENiNvUQ3qLleN5+6GxUpVFydJ6g1C0wIgZT/lV4ju\n"
                                   "avLOdYo8ezR4CYC6IlZVi/PaL4N8qdEphx4=\n"
                                   "-----END CERTIFICATE-----\n"
                                   "-----BEGIN CERTIFICATE-----\n"
                                   "MIICLzCCAdWgAwIBAgIQeheWdsOb3aJKPcwu7v7iDTAKBggqgRzPVQGDdTB2MQsw\n"
                                   "CQYDVQQGEwJDTjEtMCsGA1UECgwk5rWL6K+V5biC5pS/5Yqh5pyN5Yqh5pWw5o2u\n"
                                   "566h55CG5bGAMTgwNgYDVQQDDC/mtYvor5XluILlm73lr4bmtYvor5XmoLnor4Hk\n"
                                   "uaYgVEVTVCBTTTIgUk9PVCBDQTAeFw0yMTA0MjkwMTAwMDBaFw00MTA0MjUwMTAw\n"
                                   "MDBaMHYxCzAJBgNVBAYTAkNOMS0wKwYDVQQKDCTmtYvor5XluILmlL/liqHmnI3l\n"
                                   "iqHmlbDmja7nrqHnkIblsYAxODA2BgNVBAMML+a1i+ivleW4guWbveWvhua1i+iv\n"
                                   "leagueivgeS5piBURVNUIFNNMiBST09UIENBMFkwEwYHKoZIzj0CAQYIKoEcz1UB\n"
                                   "gi0DQgAE8MYAnjxKQjKE4vmGIDFZxmCwF2tKsEPF1CYwP/3+y1nH1KJ5nIByHEGE\n"
                                   "k2V60bNQ3BFcp1Qj4XM2FY21AMNWXKNFMEMwEgYDVR0TAQH/BAgwBgEB/wIBADAO\n"
                                   "BgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFGfZRKdWYzfOl/qJmzv1MWVbVXlTMAoG\n"
                                   "CCqBHM9VAYN1A0gAMEUCIQCZwz9+wIcV3LJauANMOcfY9ytK8R1Tl/ENnADoJ+Fh\n"
                                   "RAIgfVv2dZojRnP6/m9PPHTGUO8sf+hszQlr89TGEo6iCZ4=\n"
                                   "-----END CERTIFICATE-----\n";

#endif

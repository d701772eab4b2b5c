// OpenSSL's digests. The EVP interface owns its context: made by EVP_MD_CTX_new, given back to EVP_MD_CTX_free.
#include <openssl/evp.h>

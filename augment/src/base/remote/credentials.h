// Who we are to a store, by the variables and files that its own tools use.
#pragma once

#include <string>

namespace doppel::remote {

/// Of S3 and what speaks as it does.
struct AwsCredentials {
  std::string key, secret, token;  ///< empty key: nobody
  std::string region;              ///< "us-east-1" where nobody says
  std::string endpoint;            ///< "" is Amazon's own
  std::string from;                ///< where the key was found, for people
};
/// $AWS_ACCESS_KEY_ID and its kin, else the profile ($AWS_PROFILE, or "default") of ~/.aws/credentials and
/// ~/.aws/config, or of the files that $AWS_SHARED_CREDENTIALS_FILE and $AWS_CONFIG_FILE name. Throws Error
/// where a profile that was asked for isn't there.
AwsCredentials aws_credentials();

/// Of the Hugging Face hub: $HF_TOKEN, else the file `token` of $HF_HOME or ~/.cache/huggingface; "": nobody.
std::string hugging_face_token();

/// Of Google's store: $GOOGLE_OAUTH_ACCESS_TOKEN or $CLOUDSDK_AUTH_ACCESS_TOKEN, else what the file that
/// $GOOGLE_APPLICATION_CREDENTIALS names, or gcloud's own, can be exchanged for; "": nobody. Kept until a
/// minute before it ends; `may_wait`: whether it may be exchanged anew. Throws Error where that fails.
std::string google_token(bool may_wait);

}  // namespace doppel::remote

using Recon.ObjectStorage.Addresses;

namespace Recon.ObjectStorage.Tests.Addresses;

/// <summary>The examples of the documentation of S3, with its keys and its signatures.</summary>
public sealed class S3SignerTests
{
    private static readonly DateTimeOffset s_may = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly S3Signer s_signer = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, "us-east-1");

    [Fact]
    public void Sign_ExampleOfReadingARange_GivesItsSignature()
    {
        IReadOnlyDictionary<string, string> headers = s_signer.Sign(
            "GET", Of("test.txt"), new Dictionary<string, string> { ["range"] = "bytes=0-9" }, s_may);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            headers["authorization"]);
        Assert.Equal("20130524T000000Z", headers["x-amz-date"]);
        Assert.DoesNotContain("host", headers.Keys);
    }

    [Fact]
    public void Sign_ExampleWithAnEscapedKey_GivesItsSignature()
    {
        IReadOnlyDictionary<string, string> headers = s_signer.Sign(
            "PUT",
            Of("test$file.text"),
            new Dictionary<string, string> { ["date"] = "Fri, 24 May 2013 00:00:00 GMT", ["x-amz-storage-class"] = "REDUCED_REDUNDANCY" },
            s_may,
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");

        Assert.EndsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd", headers["authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public void Sign_TemporaryCredentials_SendsAndSignsTheirToken()
    {
        var signer = new S3Signer("AKIDEXAMPLE", "secret", "token", "eu-central-1");

        IReadOnlyDictionary<string, string> headers = signer.Sign("GET", Of("test.txt"), [], s_may);

        Assert.Equal("token", headers["x-amz-security-token"]);
        Assert.Contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,", headers["authorization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "bucket", "a/b.csv", "https://bucket.s3.us-east-1.amazonaws.com/a/b.csv")]
    [InlineData(null, "dotted.bucket", "b.csv", "https://s3.us-east-1.amazonaws.com/dotted.bucket/b.csv")]
    [InlineData("http://localhost:9000", "bucket", "b.csv", "http://localhost:9000/bucket/b.csv")]
    [InlineData("https://storage.test/s3/", "bucket", "b.csv", "https://storage.test/s3/bucket/b.csv")]
    [InlineData(null, "bucket", "a b+c~(é)//../%20.csv", "https://bucket.s3.us-east-1.amazonaws.com/a%20b%2Bc~%28%C3%A9%29//../%2520.csv")]
    public void Location_OfAnObject_IsWhatItsServerExpects(string? endpoint, string bucket, string key, string location)
        => Assert.Equal(location, S3Location.Of(endpoint is null ? null : new Uri(endpoint), "us-east-1", bucket, key).ToString(), StringComparer.Ordinal);

    private static Uri Of(string key) => new(S3Location.Of(null, "us-east-1", "examplebucket", key).ToString().Replace(".us-east-1", "", StringComparison.Ordinal));
}

namespace Recon.Dataflow.Tests.Definition;

public sealed class ObjectAddressTests
{
    [Theory]
    [InlineData("s3://bucket/key", true)]
    [InlineData("S3://bucket/key", true)]
    [InlineData("https://storage.test/a.csv", true)]
    [InlineData("ftp://storage.test/a.csv", true)]
    [InlineData("C://exports/a.csv", false)]
    [InlineData("exports/a.csv", false)]
    [InlineData("/exports/a:b//c.csv", false)]
    [InlineData("exports/s3://a.csv", false)]
    [InlineData("://a", false)]
    [InlineData("-", false)]
    [InlineData("", false)]
    public void Is_OfPaths_TellsAddresses(string path, bool expected) => Assert.Equal(expected, ObjectAddress.Is(path));

    [Theory]
    [InlineData("https://storage.test/a.csv?sig=secret", "https://storage.test/a.csv")]
    [InlineData("https://storage.test/a.csv#secret", "https://storage.test/a.csv")]
    [InlineData("https://user:secret@storage.test/a@b.csv", "https://storage.test/a@b.csv")]
    [InlineData("https://user:secret@storage.test", "https://storage.test")]
    [InlineData("https://storage.test?sig=secret", "https://storage.test")]
    [InlineData("s3://bucket/a b.csv", "s3://bucket/a b.csv")]
    [InlineData("exports/what?.csv", "exports/what?.csv")]
    public void Shown_OfAnAddress_HasNoSecret(string path, string shown) => Assert.Equal(shown, ObjectAddress.Shown(path));

    [Theory]
    [InlineData("s3://bucket/a/b c+é.csv", "bucket", "a/b c+é.csv")]
    [InlineData("s3://my.own-bucket_1/%20.csv", "my.own-bucket_1", "%20.csv")]
    public void Parse_OfS3_GivesBucketAndKeyAsTheyAre(string path, string bucket, string key)
    {
        ObjectAddress? address = ObjectAddress.Parse(path, out string problem);

        Assert.Equal((bucket, key, "", path), (address?.Bucket, address?.Key, problem, address?.ToString()));
    }

    [Theory]
    [InlineData("https://storage.test/c/a.csv?sv=1&sig=a%2Bb")]
    [InlineData("http://localhost:10000/c/a.csv")]
    [InlineData("http://127.0.0.1/c/a%2A.csv")]
    [InlineData("http://[::1]:8080/c/a.csv")]
    public void Parse_OfTheWeb_GivesTheAddress(string path)
    {
        ObjectAddress? address = ObjectAddress.Parse(path, out string problem);

        Assert.Equal(("", path), (problem, address?.Web?.OriginalString));
    }

    [Theory]
    [InlineData("s3://bucket/*.csv", "are not looked for")]
    [InlineData("s3://bucket/a?.csv", "are not looked for")]
    [InlineData("https://storage.test/*.csv", "are not looked for")]
    [InlineData("s3://bucket", "names a bucket")]
    [InlineData("s3://bucket/folder/", "names a bucket or a folder")]
    [InlineData("s3://b/key", "3 to 63")]
    [InlineData("s3://user:secret@bucket/key", "3 to 63")]
    [InlineData("s3:///key", "3 to 63")]
    [InlineData("http://storage.test/a.csv?sig=secret", "in the clear")]
    [InlineData("https://", "no address of the web")]
    [InlineData("https://storage.test", "a host or a folder")]
    [InlineData("https://user:secret@storage.test/a.csv", "no user and password")]
    [InlineData("https://storage.test/a.csv#secret", "behind #")]
    [InlineData("file:///exports/a.csv", "without file://")]
    [InlineData("azure://c/a.csv?secret", "not from azure://")]
    public void Parse_OfWhatIsNoAddress_SaysWhatToDoWithoutSecrets(string path, string says)
    {
        Assert.Null(ObjectAddress.Parse(path, out string problem));
        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfAKeyThatIsTooLong_IsRefused()
    {
        Assert.Null(ObjectAddress.Parse("s3://bucket/" + new string('é', 513), out string problem));
        Assert.Contains("1,024 bytes", problem, StringComparison.Ordinal);
    }
}

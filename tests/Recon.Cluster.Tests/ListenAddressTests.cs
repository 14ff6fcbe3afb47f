using System.Net;

namespace Recon.Cluster.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7", 0)]
    [InlineData("10.0.0.7:11111", "10.0.0.7", 11111)]
    [InlineData("::1", "::1", 0)]
    [InlineData("[::1]", "::1", 0)]
    [InlineData("[::1]:11111", "::1", 11111)]
    [InlineData("worker-3.recon", "worker-3.recon", 0)]
    [InlineData("worker-3.recon:80", "worker-3.recon", 80)]
    [InlineData("auto", "auto", 0)]
    [InlineData("auto:11111", "auto", 11111)]
    public void Address_OfAKnownForm_IsRead(string text, string host, int port)
        => Assert.Equal(new ListenAddress(host, port), ListenAddress.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData(":11111")]
    [InlineData("10.0.0.7:0")]
    [InlineData("10.0.0.7:65536")]
    [InlineData("10.0.0.7:x")]
    [InlineData("two words")]
    [InlineData("http://host")]
    public void Address_OfAnotherForm_IsRefused(string text) => Assert.Null(ListenAddress.TryParse(text));

    [Fact]
    public async Task Auto_ForAServerOnThisMachine_IsTheAddressThatLeadsThere()
        => Assert.Equal(
            IPAddress.Loopback,
            await new ListenAddress("auto", 0).ResolveAsync([new DnsEndPoint("127.0.0.1", 5432)], TestContext.Current.CancellationToken));

    [Fact]
    public async Task Name_ThatLeadsToAnAddress_IsResolved()
        => Assert.True(IPAddress.IsLoopback(await new ListenAddress("localhost", 0).ResolveAsync([], TestContext.Current.CancellationToken)));

    [Theory]
    [InlineData("auto", "socket of this machine")]
    [InlineData("0.0.0.0", "'auto' finds it")]
    [InlineData("no-such-host.invalid", "leads to no address")]
    [InlineData("192.0.2.1", "192.0.2.1 is no address of this machine")]
    public async Task Address_ThatNobodyCanReach_IsRefused(string host, string why)
    {
        ClusterException refused = await Assert.ThrowsAsync<ClusterException>(() => new ListenAddress(host, 0).ResolveAsync([], TestContext.Current.CancellationToken));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }
}

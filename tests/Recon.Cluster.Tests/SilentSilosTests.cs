namespace Recon.Cluster.Tests;

public sealed class SilentSilosTests
{
    [Theory]
    [InlineData(
        "Failed to get ping responses from 1 of 2 active silos. Newly joining silos validate connectivity. Successfully contacted: [S10.0.0.6:1:2]. Failed to get response from: [S10.0.0.7:11111:154885423]",
        "10.0.0.7:11111")]
    [InlineData("Failed to get response from: S10.0.0.7:11111:1, S[fe80::1]:9:154", "10.0.0.7:11111 and [fe80::1]:9")]
    [InlineData("Failed to get response from: []", "One of them")]
    [InlineData("It went wrong.", "One of them")]
    public void Of_WhatOrleansSays_NamesThem(string message, string places) => Assert.Equal(places, SilentSilos.Of(message));
}

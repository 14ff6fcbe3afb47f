using System.Text;
using Recon.Testing;

namespace Recon.Samples.Tests;

/// <summary>The files of bronze_layer are what the generator makes. RECON_ACCEPT=1 writes them.</summary>
public class ShippedSampleTests
{
    private const string TableStart = "<!-- counts -->\n";
    private const string TableEnd = "<!-- /counts -->";

    private static bool Accept => Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1";

    public static TheoryData<string> Files => [.. SampleGenerator.BronzeFiles];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Shipped_File_EqualsFreshOne(string file)
    {
        byte[] fresh = await SampleFiles.BronzeAsync(SampleOptions.Demo, file);
        if (Accept)
        {
            await File.WriteAllBytesAsync(Repository.Shipped(file), fresh, SampleFiles.Token);
        }

        byte[] shipped = await File.ReadAllBytesAsync(Repository.Shipped(file), SampleFiles.Token);
        Assert.True(fresh.AsSpan().SequenceEqual(shipped), $"{file} is not what the generator makes: run with RECON_ACCEPT=1.");
    }

    [Theory]
    [InlineData("bronze_layer/README.md")]
    [InlineData("README.md")]
    public async Task Shipped_Readme_StatesTheFacts(string file)
    {
        string path = Path.Combine(Repository.Root, file);
        SampleFacts facts = await new SampleGenerator(SampleOptions.Demo).CountAsync(SampleFiles.Token);
        string readme = await File.ReadAllTextAsync(path, SampleFiles.Token);
        int start = readme.IndexOf(TableStart, StringComparison.Ordinal) + TableStart.Length;
        int end = readme.IndexOf(TableEnd, StringComparison.Ordinal);
        if (Accept)
        {
            readme = readme[..start] + facts.ToMarkdown() + readme[end..];
            await File.WriteAllTextAsync(path, readme, new UTF8Encoding(false), SampleFiles.Token);
            end = start + facts.ToMarkdown().Length;
        }

        Assert.Equal(facts.ToMarkdown(), readme[start..end]);
    }
}

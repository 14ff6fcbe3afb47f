using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Sandbox.Tests.Docs;

/// <summary>docs/sandbox.md lists the traps that there are, in the words of the code. <c>RECON_ACCEPT=1</c> writes the table.</summary>
public sealed class TrapTableTests
{
    private const string Head = "| trap | value | calls | what happens |\n|---|---|---|---|\n";

    [Fact]
    public async Task Table_OfTheDocument_IsThatOfTheCode()
    {
        string path = Path.Combine(Repository.Root, "docs", "sandbox.md");
        string document = await File.ReadAllTextAsync(path);
        int start = document.IndexOf(Head, StringComparison.Ordinal) + Head.Length;
        int end = document.IndexOf("\n## ", start, StringComparison.Ordinal);
        string table = string.Concat(TrapInfo.All.Select(Row));
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(path, document[..start] + table + document[end..]);
            return;
        }

        Assert.Equal(table, document[start..end]);
    }

    [Fact]
    public void Traps_OfTheEnumeration_AreAllInTheTable()
        => Assert.Equal(Enum.GetValues<TrapKind>(), TrapInfo.All.Select(info => info.Kind));

    private static string Row(TrapInfo info)
        => $"| `{info.Name}` | {info.Value} | {TrapText.Calls(info)}, {(info.Lasts ? "always" : "once")} | {info.Description} |\n";
}

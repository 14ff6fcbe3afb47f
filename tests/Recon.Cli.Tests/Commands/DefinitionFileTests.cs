using System.Runtime.Versioning;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

[UnsupportedOSPlatform("windows")]
public sealed class DefinitionFileTests : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly TempFolder _folder = new();

    private string Definition => _folder.File("pipeline.json");

    public DefinitionFileTests()
    {
        File.WriteAllText(Definition, "before");
        File.SetUnixFileMode(Definition, Mode);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Replace_UnchangedFile_WritesAndKeepsTheMode()
    {
        new DefinitionFile(Definition).Replace("before"u8, "after"u8);

        Assert.Equal("after", File.ReadAllText(Definition));
        Assert.Equal(Mode, File.GetUnixFileMode(Definition));
        Assert.Equal([Definition], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Replace_FileThatChangedMeanwhile_WritesNothing()
    {
        File.WriteAllText(Definition, "of somebody else");

        UsageException refused = Assert.Throws<UsageException>(() => new DefinitionFile(Definition).Replace("before"u8, "after"u8));

        Assert.Contains("nothing was written", refused.Message, StringComparison.Ordinal);
        Assert.Equal("of somebody else", File.ReadAllText(Definition));
        Assert.Equal([Definition], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Replace_SymbolicLink_ReplacesWhatItLeadsTo()
    {
        string link = _folder.File("link.json");
        File.CreateSymbolicLink(link, Definition);

        new DefinitionFile(link).Replace("before"u8, "after"u8);

        Assert.Equal(Definition, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName);
        Assert.Equal("after", File.ReadAllText(Definition));
    }

    [Fact]
    public void Replace_ReadOnlyFile_WritesNothing()
    {
        File.SetUnixFileMode(Definition, UnixFileMode.UserRead);

        Assert.Throws<UnauthorizedAccessException>(() => new DefinitionFile(Definition).Replace("before"u8, "after"u8));

        Assert.Equal("before", File.ReadAllText(Definition));
    }
}

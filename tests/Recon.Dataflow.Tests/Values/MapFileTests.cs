using System.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;

namespace Recon.Dataflow.Tests.Values;

public sealed class MapFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-map-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void MapFile_Pairs_AreUsed()
    {
        Write("\uFEFFfrom,to\r\n Jean Dupont ,12\r\n\"Durand, Anne\",34\r\n");

        Assert.Equal("12", Converting.With(Compile(), "Jean Dupont"u8.ToArray()));
        Assert.Equal("34", Converting.With(Compile(), "Durand, Anne"u8.ToArray()));
        Assert.Equal("!unmapped", Converting.With(Compile(), "jean dupont"u8.ToArray()));
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "header from,to")]
    [InlineData("from,to\n1,2\n1,3\n", "line 3")]
    [InlineData("from,to\n1\n", "not a proper CSV file")]
    [InlineData("from,to\n\"1,2\n", "not a proper CSV file")]
    public void MapFile_Wrong_IsRefusedWithTheCause(string content, string expected)
    {
        Write(content);

        Assert.Contains(expected, Assert.Throws<ConversionSetupException>(() => Compile()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapFile_NotUtf8_IsRefused()
    {
        File.WriteAllBytes(Path.Combine(_folder, "map.csv"), Encoding.Latin1.GetBytes("from,to\né,1\n"));

        Assert.Contains("UTF-8", Assert.Throws<ConversionSetupException>(() => Compile()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapFile_Missing_IsRefused()
        => Assert.Contains("'map.csv'", Assert.Throws<ConversionSetupException>(() => Compile()).Message, StringComparison.Ordinal);

    [Fact]
    public void MapFile_OutsideOfTheFolder_IsRefusedUnlessAllowed()
    {
        Write("from,to\n1,2\n");
        string inner = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName;

        Assert.Contains("outside", Assert.Throws<ConversionSetupException>(() => Compile("../map.csv", inner)).Message, StringComparison.Ordinal);
        Assert.Equal("2", Converting.With(Compile("../map.csv", inner, allowOutside: true), "1"u8.ToArray()));
    }

    [Fact]
    public void MapFile_LinkThatLeadsOutOfTheFolder_IsRefusedUnlessAllowed()
    {
        Write("from,to\n1,2\n");
        string inner = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName;
        File.CreateSymbolicLink(Path.Combine(inner, "link.csv"), Path.Combine(_folder, "map.csv"));

        Assert.Contains("it is a link", Assert.Throws<ConversionSetupException>(() => Compile("link.csv", inner)).Message, StringComparison.Ordinal);
        Assert.Equal("2", Converting.With(Compile("link.csv", inner, allowOutside: true), "1"u8.ToArray()));
    }

    private ConversionChain Compile(string path = "map.csv", string? folder = null, bool allowOutside = false)
        => ConversionChain.Compile(
            [new MapFileDefinition { Path = path }], new ConversionContext(new DefaultsDefinition(), folder ?? _folder, allowOutside));

    private void Write(string content) => File.WriteAllText(Path.Combine(_folder, "map.csv"), content);
}

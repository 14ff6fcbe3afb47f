using System.Text;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>Files that look like exports, in a folder of their own.</summary>
public sealed class Exports : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recon-profile-");
    private int _files;

    public void Dispose() => _folder.Delete(recursive: true);

    public string Write(byte[] bytes, string extension = ".csv")
    {
        string path = Path.Combine(_folder.FullName, $"export{++_files}{extension}");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    internal Task<FileSample> ProfileAsync(string text, string encoding = "utf-8", bool mark = false, ProfileOptions? options = null)
        => ProfileAsync(Encode(text, encoding, mark), options);

    internal Task<FileSample> ProfileAsync(byte[] bytes, ProfileOptions? options = null)
        => FileProfiler.ReadAsync(Write(bytes), options ?? new ProfileOptions(), TestContext.Current.CancellationToken);

    /// <summary>A file with one column of values, and an id and a note beside it.</summary>
    internal async Task<ColumnProfile> ColumnAsync(string name, params string[] values)
    {
        string rows = string.Concat(values.Select((value, index) => $"{index + 1},{Quote(value)},text of the note\n"));
        FileSample sample = await ProfileAsync($"Id,{Quote(name)},Note\n{rows}");
        return Assert.Single(sample.Profile.Columns, column => column.Name == name);
    }

    public static byte[] Encode(string text, string encoding, bool mark = false)
    {
        EncodingProvider provider = CodePagesEncodingProvider.Instance;
        Encoding found = encoding switch
        {
            "utf-8" => new UTF8Encoding(mark),
            "utf-16le" => new UnicodeEncoding(bigEndian: false, mark),
            "utf-16be" => new UnicodeEncoding(bigEndian: true, mark),
            "iso-8859-1" => Encoding.Latin1,
            _ => provider.GetEncoding(encoding) ?? throw new ArgumentException(encoding),
        };
        return [.. found.GetPreamble(), .. found.GetBytes(text)];
    }

    public static string Quote(string value) => value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}

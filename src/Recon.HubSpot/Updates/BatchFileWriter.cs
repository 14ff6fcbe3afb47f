using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recon.HubSpot.Updates;

/// <summary>A file of an export.</summary>
/// <param name="Name">Its path inside the export, with <c>/</c>.</param>
/// <param name="Sha256">SHA-256 of its content, 64 lower-case hexadecimal digits.</param>
internal sealed record UpdateFile(string Name, string ObjectType, int Inputs, long Bytes, string Sha256);

/// <summary>Writes inputs of the batch update endpoint into numbered files, each the body of one call.</summary>
internal sealed class BatchFileWriter(string folder, string prefix, string objectType) : IDisposable
{
    // The files go to an HTTP client, not into a page.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly MemoryStream _content = new();
    private readonly List<UpdateFile> _files = [];
    private Utf8JsonWriter? _json;
    private int _inputs;

    public IReadOnlyList<UpdateFile> Files => _files;

    public async ValueTask AddAsync(
        long id, string trace, IEnumerable<KeyValuePair<string, string>> properties, CancellationToken cancellationToken)
    {
        if (_inputs == UpdateLimits.InputsPerCall)
        {
            await FlushAsync(cancellationToken);
        }

        Write(id, trace, properties);
    }

    /// <summary>Completes the file that is open.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_inputs == 0)
        {
            return;
        }

        End();
        string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{_files.Count + 1:00000}.json");
        await using (FileStream file = PrivateFile.Create(Path.Combine(folder, name)))
        {
            _content.Position = 0;
            await _content.CopyToAsync(file, cancellationToken);
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(_content.GetBuffer().AsSpan(0, (int)_content.Length)));
        _files.Add(new UpdateFile(name, objectType, _inputs, _content.Length, hash));
        _content.SetLength(0);
        _inputs = 0;
    }

    public void Dispose()
    {
        _json?.Dispose();
        _content.Dispose();
    }

    private void Write(long id, string trace, IEnumerable<KeyValuePair<string, string>> properties)
    {
        if (_inputs++ == 0)
        {
            _json = new Utf8JsonWriter(_content, s_options);
            _json.WriteStartObject();
            _json.WriteStartArray("inputs");
        }

        _json!.WriteStartObject();
        _json.WriteString("id", id.ToString(CultureInfo.InvariantCulture));
        _json.WriteString("objectWriteTraceId", trace);
        _json.WriteStartObject("properties");
        foreach ((string name, string value) in properties.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            _json.WriteString(name, value);
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void End()
    {
        _json!.WriteEndArray();
        _json.WriteEndObject();
        _json.Dispose();
        _json = null;
        _content.WriteByte((byte)'\n');
    }
}

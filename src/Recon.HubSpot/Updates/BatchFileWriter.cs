using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Recon.HubSpot.Updates;

/// <summary>A file of an export.</summary>
/// <param name="Name">Its path inside the export, with <c>/</c>.</param>
/// <param name="Sha256">SHA-256 of its content, 64 lower-case hexadecimal digits.</param>
internal sealed record UpdateFile(string Name, [property: JsonPropertyName("object")] string ObjectType, int Inputs, long Bytes, string Sha256);

/// <summary>Writes inputs of the batch update endpoint into numbered files, each the body of one call.</summary>
internal sealed class BatchFileWriter(string folder, string prefix, string objectType)
{
    private readonly List<UpdateFile> _files = [];
    private readonly List<BatchInput> _inputs = [];

    public IReadOnlyList<UpdateFile> Files => _files;

    public async ValueTask AddAsync(
        long id, string trace, IEnumerable<KeyValuePair<string, string>> properties, CancellationToken cancellationToken)
    {
        if (_inputs.Count == UpdateLimits.InputsPerCall)
        {
            await FlushAsync(cancellationToken);
        }

        _inputs.Add(new BatchInput(id.ToString(CultureInfo.InvariantCulture), trace, UpdateJson.Sorted(properties)));
    }

    /// <summary>Completes the file that is open.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_inputs.Count == 0)
        {
            return;
        }

        ReadOnlyMemory<byte> content = UpdateJson.Line(new BatchBody(_inputs), BatchJson.Default.BatchBody);
        string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{_files.Count + 1:00000}.json");
        await using (FileStream file = PrivateFile.Create(Path.Combine(folder, name)))
        {
            await file.WriteAsync(content, cancellationToken);
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        _files.Add(new UpdateFile(name, objectType, _inputs.Count, content.Length, hash));
        _inputs.Clear();
    }
}

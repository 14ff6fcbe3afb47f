using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Choice;

/// <summary>The CSV file of a <c>map-file</c> conversion: header <c>from,to</c>, one pair per record.</summary>
internal static class MapFile
{
    private const long MostBytes = 64 * 1024 * 1024;

    private static readonly CsvReaderOptions s_options = new()
    {
        HasHeader = true,
        DetectSeparatorHint = false,
        IncludeValuesInExceptions = false,
        MissingField = CsvMissingFieldHandling.Throw,
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Throw,
        TrackLineNumbers = true,
    };

    /// <summary>Reads the pairs.</summary>
    /// <exception cref="ConversionSetupException">The file cannot be used.</exception>
    internal static Dictionary<string, string> Read(MapFileDefinition definition, ConversionContext context)
    {
        string path = Resolve(definition.Path, context);
        byte[] bytes = ReadBytes(definition.Path, path);
        context.MapFiles[definition.Path] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        try
        {
            using CsvReader reader = CsvReader.Create(bytes, s_options);
            reader.ReadHeader();
            if (!reader.TryGetFieldIndex("from", out int from) || !reader.TryGetFieldIndex("to", out int to))
            {
                throw new ConversionSetupException($"The map file '{definition.Path}' lacks the header from,to. Make it the first line.");
            }

            Dictionary<string, string> pairs = new(definition.IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
            while (reader.Read())
            {
                string key = Encoding.UTF8.GetString(Utf8WhiteSpace.Trim(Encoding.UTF8.GetBytes(reader.GetString(from))));
                string value = Encoding.UTF8.GetString(Utf8WhiteSpace.Trim(Encoding.UTF8.GetBytes(reader.GetString(to))));
                if (!pairs.TryAdd(key, value) && pairs[key] != value)
                {
                    throw new ConversionSetupException(
                        $"The map file '{definition.Path}', line {reader.LineNumber}: the text in \"from\" occurs on an earlier line, too, with another \"to\". Keep one of them.");
                }
            }

            return pairs;
        }
        catch (CsvFormatException wrong)
        {
            throw new ConversionSetupException($"The map file '{definition.Path}' is not a proper CSV file: {wrong.Message}", wrong);
        }
    }

    private static string Resolve(string given, ConversionContext context)
    {
        string folder = Path.GetFullPath(context.BaseDirectory);
        string path = Path.GetFullPath(given, folder);
        if (context.AllowPathsOutside)
        {
            return path;
        }

        try
        {
            string real = LinkedPath.Resolve(path);
            return !LinkedPath.IsOutside(LinkedPath.Resolve(folder), real)
                ? real
                : throw new ConversionSetupException(
                    $"The map file '{given}' lies outside of the definition's folder"
                    + (LinkedPath.IsOutside(folder, path) ? "" : " (it is a link, or lies in one)")
                    + ". Move it there, or allow paths outside.");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new ConversionSetupException($"The map file '{given}' cannot be read: {wrong.Message}", wrong);
        }
    }

    private static byte[] ReadBytes(string given, string path)
    {
        try
        {
            FileInfo file = new(path);
            if (file.Exists && file.Length > MostBytes)
            {
                throw new ConversionSetupException($"The map file '{given}' is larger than 64 MiB. A map is kept in memory: split it, or use a parent lookup.");
            }

            byte[] bytes = File.ReadAllBytes(path);
            return Utf8.IsValid(bytes) ? bytes
                : throw new ConversionSetupException($"The map file '{given}' is not UTF-8. Save it as UTF-8.");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new ConversionSetupException($"The map file '{given}' cannot be read: {wrong.Message}", wrong);
        }
    }
}

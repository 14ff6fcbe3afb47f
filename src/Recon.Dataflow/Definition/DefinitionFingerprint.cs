using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition.Rules;

namespace Recon.Dataflow.Definition;

/// <summary>
/// Fingerprints of definitions, by which a resumed run knows that it continues under the same rules. They are taken
/// from the bound records: comments, white space, the order of keys, spelled-out defaults and shorthand forms do not
/// matter; the order of lists does. <c>$schema</c> is left out. A key that was renamed counts under its former name,
/// and one that was added later counts where it differs from its default, so that runs which began before go on.
/// </summary>
/// <remarks>
/// Everything else counts, also what only tunes: batch rows and bytes decide batch boundaries and so what the ledger's
/// entries mean, and telling the remaining tuning keys apart would have to be right for ever. The content of files that
/// the definition names (the export, a map file) is not part of it.
/// </remarks>
internal static class DefinitionFingerprint
{
    /// <summary>The fingerprint of a whole definition.</summary>
    public static string Of(ReconDefinition definition) => Hash(writer => Write(writer, definition with { Schema = null }));

    /// <summary>
    /// The fingerprint of what decides one pipeline's result: the pipeline, the defaults and the staging schema. A
    /// change in another pipeline, of the connection, of tests, of what is kept beside the result or of what is sent to HubSpot leaves it alone.
    /// </summary>
    public static string Of(ReconDefinition definition, PipelineDefinition pipeline) => Hash(writer =>
    {
        writer.WriteStartArray();
        Write(writer, definition.Defaults);
        Write(writer, definition.Staging with { KeepFormer = true });
        Write(writer, pipeline with
        {
            Tests = [],
            Associate = [],
            Object = pipeline.Object is { } told ? told with { Properties = new ObjectDefinition().Properties } : null,
        });
        writer.WriteEndArray();
    });

    private static string Hash(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            write(writer);
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case Limit limit:
                writer.WriteStringValue(limit.ToString());
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case Enum or int or long or double or decimal:
                writer.WriteStringValue(System.Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
            case IDictionary dictionary:
                WriteObject(writer, dictionary.Keys.Cast<string>().Select(key => (key, dictionary[key])));
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (object? item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                WriteRecord(writer, value);
                break;
        }
    }

    private static void WriteRecord(Utf8JsonWriter writer, object record)
    {
        DefinitionShape shape = DefinitionShape.Of(record.GetType());
        IEnumerable<(string Key, object? Value)> members = shape.Members
            .Where(member => !member.Option.Later || !Equals(member.Property.GetValue(record), member.Property.GetValue(shape.Defaults)))
            .Select(member => (member.Option.Formerly ?? member.Key, Meaning(member.Key, member.Property.GetValue(record))))
            .Where(member => member.Item2 is not null);
        WriteObject(writer, shape.Kind is null ? members : members.Append(("kind", shape.Kind.Kind)));
    }

    // The query of an address is how one may read it, such as a signature that expires; what is read has a fingerprint of its own.
    private static object? Meaning(string key, object? value) => key == PathRules.Key && value is string path ? ObjectAddress.Shown(path) : value;

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<(string Key, object? Value)> members)
    {
        writer.WriteStartObject();
        foreach ((string key, object? value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(key);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }
}

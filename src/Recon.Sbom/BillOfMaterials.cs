using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recon.Sbom;

/// <summary>A CycloneDX document, version 1.6. The same shipment gives the same bytes: it holds no time and no random number.</summary>
internal static class BillOfMaterials
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Makes the document.</summary>
    public static JsonObject Of(Shipment shipment)
    {
        Dictionary<string, string> references = shipment.Parts.Append(shipment.Program).ToDictionary(part => part.Key, part => part.Purl);
        var document = new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["component"] = Component(shipment.Program, "application") },
            ["components"] = new JsonArray([.. shipment.Parts.Select(part => Component(part, "library"))]),
            ["dependencies"] = new JsonArray([.. shipment.Parts.Prepend(shipment.Program).Select(part => Needs(part, references))]),
        };

        // A number of its own for each content, in the form that a random one has.
        byte[] number = SHA256.HashData(Encoding.UTF8.GetBytes(Text(document)))[..16];
        number[6] = (byte)((number[6] & 0x0F) | 0x40);
        number[8] = (byte)((number[8] & 0x3F) | 0x80);
        document.Insert(2, "serialNumber", $"urn:uuid:{new Guid(number, bigEndian: true)}");
        return document;
    }

    /// <summary>The document as text, ended by a line feed.</summary>
    public static string Text(JsonNode document) => document.ToJsonString(s_options).ReplaceLineEndings("\n") + "\n";

    private static JsonObject Component(Part part, string type)
    {
        var component = new JsonObject
        {
            ["type"] = type,
            ["bom-ref"] = part.Purl,
            ["name"] = part.Name,
            ["version"] = part.Version,
        };
        if (part.Sha512 is not null)
        {
            component["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = part.Sha512 });
        }

        if (License(part) is { } license)
        {
            component["licenses"] = new JsonArray(license);
        }

        component["purl"] = part.Purl;
        return component;
    }

    private static JsonObject? License(Part part)
        => part.License is { } expression && expression.Contains(' ', StringComparison.Ordinal) ? new() { ["expression"] = expression }
            : part.License is { } id ? new() { ["license"] = new JsonObject { ["id"] = id } }
            : part.LicenseUrl is { } url ? new() { ["license"] = new JsonObject { ["name"] = "see its address", ["url"] = url } }
            : null;

    private static JsonObject Needs(Part part, Dictionary<string, string> references) => new()
    {
        ["ref"] = part.Purl,
        ["dependsOn"] = new JsonArray(
        [
            .. part.Needs.Where(references.ContainsKey).Select(need => references[need]).Order(StringComparer.Ordinal).Select(need => JsonValue.Create(need)),
        ]),
    };
}

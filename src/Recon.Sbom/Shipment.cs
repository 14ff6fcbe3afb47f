using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Recon.Sbom;

/// <summary>What a program ships with.</summary>
internal sealed record Shipment(Part Program, IReadOnlyList<Part> Parts)
{
    /// <summary>Reads a <c>deps.json</c>, which the build writes beside the program, and the packages that it names.</summary>
    /// <exception cref="InvalidDataException">The file names no program, or a package lacks its description.</exception>
    public static Shipment Read(string depsFile, string packagesFolder)
    {
        JsonNode deps = JsonNode.Parse(File.ReadAllText(depsFile))!;
        string program = Path.GetFileName(depsFile)[..^".deps.json".Length];
        JsonObject libraries = deps["libraries"]!.AsObject();
        JsonObject needs = deps["targets"]![deps["runtimeTarget"]!["name"]!.GetValue<string>()]!.AsObject();
        List<Part> parts =
        [
            .. libraries.Select(library => Of(library.Key, library.Value!, needs[library.Key]?["dependencies"]?.AsObject(), packagesFolder))
                .OrderBy(part => part.Name, StringComparer.OrdinalIgnoreCase),
        ];
        Part whole = parts.Find(part => part.Name == program)
            ?? throw new InvalidDataException($"{depsFile} names no library '{program}'.");
        parts.Remove(whole);
        return new Shipment(whole, parts);
    }

    private static Part Of(string key, JsonNode library, JsonObject? needs, string packagesFolder)
    {
        string[] names = key.Split('/');
        IReadOnlyList<string> needed = [.. (needs ?? []).Select(need => $"{need.Key}/{need.Value}")];
        if (library["type"]!.GetValue<string>() != "package")
        {
            return new Part(names[0], names[1], IsPackage: false, needed, null, "MIT", null);
        }

        string folder = Path.Combine(packagesFolder, library["path"]!.GetValue<string>());
        string description = Directory.EnumerateFiles(folder, "*.nuspec").FirstOrDefault()
            ?? throw new InvalidDataException($"{folder} holds no .nuspec: restore the packages again.");
        XElement metadata = XDocument.Load(description).Root!.Elements().First(element => element.Name.LocalName == "metadata");
        XElement? license = Child(metadata, "license");
        string hash = File.ReadAllText(Directory.EnumerateFiles(folder, "*.nupkg.sha512").First()).Trim();
        return new Part(
            names[0],
            names[1],
            IsPackage: true,
            needed,
            Convert.ToHexStringLower(Convert.FromBase64String(hash)),
            license?.Attribute("type")?.Value == "expression" ? license.Value.Trim() : null,
            Child(metadata, "licenseUrl")?.Value.Trim());
    }

    private static XElement? Child(XElement metadata, string name)
        => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name);
}

/// <summary>A package, or a library of this repository.</summary>
/// <param name="Sha512">Hash of the package file, in hexadecimal digits; <see langword="null"/> for our own.</param>
/// <param name="License">SPDX expression; <see langword="null"/> when the package has none.</param>
/// <param name="LicenseUrl">Where its license stands; <see langword="null"/> when it does not say.</param>
internal sealed record Part(
    string Name, string Version, bool IsPackage, IReadOnlyList<string> Needs, string? Sha512, string? License, string? LicenseUrl)
{
    /// <summary>How <c>deps.json</c> calls it.</summary>
    public string Key => $"{Name}/{Version}";

    /// <summary>Its package URL.</summary>
    public string Purl => $"pkg:nuget/{Uri.EscapeDataString(Name)}@{Uri.EscapeDataString(Version)}";
}

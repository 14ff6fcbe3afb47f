using System.Text.Json.Nodes;
using Recon.Sbom;

// DEPS-FILE PACKAGES-FOLDER OUTPUT: what the program's deps.json says it ships with, as a CycloneDX document.
if (args is not [string deps, string packages, string output])
{
    await Console.Error.WriteLineAsync("usage: Recon.Sbom DEPS-FILE PACKAGES-FOLDER OUTPUT");
    return 2;
}

JsonNode document = BillOfMaterials.Of(Shipment.Read(deps, packages));
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
await File.WriteAllTextAsync(output, BillOfMaterials.Text(document));
return 0;

/// How a user makes an LPIPS file with public packages.
package enum LPIPSRecipe {
  /// Three lines of Python. `dynamo=False` keeps the weights in the one file and the sizes open.
  package static func python(_ kind: LPIPSKind) -> String {
    let net = kind.rawValue.dropFirst("lpips_".count)
    return """
      import torch, lpips
      open_axes = {name: {0: "batch", 2: "height", 3: "width"} for name in ("reference", "sample")}
      torch.onnx.export(lpips.LPIPS(net="\(net)").eval(), (torch.zeros(1, 3, 64, 64),) * 2, "\(kind.rawValue).onnx", \
      input_names=["reference", "sample"], output_names=["distance"], dynamic_axes=open_axes, dynamo=False)
      """
  }

  /// For the help of `audit models import`.
  package static let help = """
    LPIPS needs a network that cannot be part of audit: its weights were trained on ImageNet. Make the file once, \
    with torch 2.5 or newer:

      pip install torch torchvision lpips onnx onnxruntime

    \(python(.alex).split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))

    (squeeze or vgg instead of alex gives the other two.) Then:

      audit models import lpips_alex.onnx
      audit scan FOLDER --metrics default,lpips_alex
    """
}

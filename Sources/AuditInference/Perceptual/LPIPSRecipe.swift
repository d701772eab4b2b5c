/// How a user makes an LPIPS file with public packages.
package enum LPIPSRecipe {
  /// Three statements of Python. `dynamo=False` keeps the weights in the one file and the sizes open. The lines are not
  /// indented: people copy from them.
  package static func python(_ kind: LPIPSKind) -> String {
    """
    import torch, lpips
    sizes = {i: {0: "n", 2: "h", 3: "w"} for i in ("reference", "sample")}
    torch.onnx.export(
    lpips.LPIPS(net="\(kind.rawValue.dropFirst("lpips_".count))").eval(),
    (torch.zeros(1, 3, 64, 64),) * 2, "\(kind.rawValue).onnx",
    input_names=list(sizes), output_names=["distance"],
    dynamic_axes=sizes, dynamo=False)
    """
  }

  /// For the help of `audit models import`.
  package static let help = """
    LPIPS needs a network that cannot be part of audit: its weights were trained on ImageNet. Make the file once. \
    First, in a shell:

      pip install torch torchvision lpips onnx onnxruntime

    Then, in Python (torch 2.5 or newer; squeeze or vgg instead of alex give the other two):

    \(python(.alex))

    Then:

      audit models import lpips_alex.onnx
      audit scan FOLDER --metrics default,lpips_alex
    """
}

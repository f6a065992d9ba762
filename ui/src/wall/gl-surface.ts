import { discard, type Picture, planesOf, type Size, shownAspect } from "../connection/picture";
import type { PictureFormat } from "../protocol";
import type { Zoom } from "../state/zoom";
import { conversion } from "./colour";
import { type Area, fitted } from "./fit";
import { FADED_BRIGHTNESS, type Surface } from "./surface";

/** A rectangle of two triangles, made from the numbers of its corners. */
const VERTEX = `#version 300 es
uniform vec4 area;
uniform mat2 turn;
out vec2 at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(area.xy + corner * area.zw, 0, 1);
  at = turn * (corner - 0.5) + 0.5;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D luma, cb, cr;
uniform vec2 halved;
uniform mat3 colours;
uniform vec3 zero;
uniform float brightness;
uniform bool isFaded, isColour;
in vec2 at;
out vec4 pixel;
void main() {
  vec2 half_at = at * halved;
  vec3 code = vec3(texture(luma, at).r, texture(cb, half_at).r, texture(cr, half_at).r);
  vec3 rgb = clamp(colours * (code - zero), 0.0, 1.0);
  // What the browser made of a picture is in the place of luma.
  if (isColour) rgb = texture(luma, at).rgb;
  if (isFaded) rgb = vec3(dot(rgb, vec3(0.2126, 0.7152, 0.0722)) * brightness);
  pixel = vec4(rgb, 1);
}`;

const PLANES = ["luma", "cb", "cr"] as const;
const UNIFORMS = [
  "area",
  "turn",
  "halved",
  "colours",
  "zero",
  "brightness",
  "isFaded",
  "isColour",
] as const;

type Uniforms = Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;

interface Kept {
  format: PictureFormat;
  size: Size;
  textures: WebGLTexture[];
}

/**
 * Three one-byte textures a tile, and a shader that makes them colours; one
 * texture of colours where the browser made them.
 */
export class GlSurface implements Surface {
  readonly #gl: WebGL2RenderingContext;
  readonly #kept = new Map<object, Kept>();
  readonly #at: Uniforms;

  /** Throws where the context is lost already. */
  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    const program = link(gl);
    gl.useProgram(program);
    gl.enable(gl.SCISSOR_TEST);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const at = (name: string) => gl.getUniformLocation(program, name);
    PLANES.forEach((plane, unit) => {
      gl.uniform1i(at(plane), unit);
    });
    this.#at = Object.fromEntries(UNIFORMS.map((name) => [name, at(name)])) as Uniforms;
    gl.uniform1f(this.#at.brightness, FADED_BRIGHTNESS);
  }

  resize({ width, height }: Size): void {
    const gl = this.#gl;
    if (gl.canvas.width !== width || gl.canvas.height !== height) {
      gl.canvas.width = width;
      gl.canvas.height = height;
    }
    gl.viewport(0, 0, width, height);
    gl.scissor(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  setGround([red, green, blue]: [number, number, number]): void {
    this.#gl.clearColor(red / 255, green / 255, blue / 255, 1);
  }

  keep(owner: object, { format, content }: Picture): void {
    const gl = this.#gl;
    if (!(content instanceof ArrayBuffer)) {
      const [texture = null] = this.#texturesFor(owner, format, [content]);
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, gl.RGBA, gl.UNSIGNED_BYTE, content);
      return discard(content);
    }
    const planes = planesOf(format);
    const textures = this.#texturesFor(owner, format, planes);
    const bytes = new Uint8Array(content);
    planes.forEach(({ width, height, offset }, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, textures[unit] ?? null);
      const [type, layout] = [gl.UNSIGNED_BYTE, gl.RED];
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, layout, type, bytes, offset);
    });
  }

  draw(owner: object, tile: Area, isFilling: boolean, isFaded: boolean, zoom: Zoom): void {
    const gl = this.#gl;
    const { width, height } = gl.canvas;
    // WebGL counts rows from the bottom.
    gl.scissor(tile.x, height - tile.y - tile.height, tile.width, tile.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const kept = this.#kept.get(owner);
    if (kept === undefined) return;

    const { format, textures } = kept;
    textures.forEach((texture, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
    });
    const area = fitted(tile, shownAspect(format), isFilling, zoom);
    const [left, top] = [(2 * area.x) / width - 1, 1 - (2 * area.y) / height];
    const [across, down] = [(2 * area.width) / width, (-2 * area.height) / height];
    gl.uniform4f(this.#at.area, left, top, across, down);
    gl.uniformMatrix2fv(this.#at.turn, false, turnBack(format.rotation));
    const [luma, chroma] = planesOf(format);
    // The last column and row of chroma may lie half outside of the picture.
    const [x, y] = [luma.width / (2 * chroma.width), luma.height / (2 * chroma.height)];
    gl.uniform2f(this.#at.halved, x, y);
    const { matrix, zero } = conversion(format.matrix, format.range);
    gl.uniformMatrix3fv(this.#at.colours, false, matrix);
    gl.uniform3fv(this.#at.zero, zero);
    gl.uniform1i(this.#at.isFaded, isFaded ? 1 : 0);
    gl.uniform1i(this.#at.isColour, textures.length === 1 ? 1 : 0);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  forget(owner: object): void {
    for (const texture of this.#kept.get(owner)?.textures ?? []) this.#gl.deleteTexture(texture);
    this.#kept.delete(owner);
  }

  /** The owner's textures, one for each of `parts`, the same as long as their sizes are. */
  #texturesFor(owner: object, format: PictureFormat, parts: Size[]): WebGLTexture[] {
    const [{ width, height } = { width: 0, height: 0 }] = parts;
    const kept = this.#kept.get(owner);
    const isSameSize = kept?.size.width === width && kept.size.height === height;
    if (isSameSize && kept.textures.length === parts.length) {
      kept.format = format;
      return kept.textures;
    }
    this.forget(owner);
    const layout = parts.length === 1 ? this.#gl.RGBA8 : this.#gl.R8;
    const textures = parts.map((part) => makeTexture(this.#gl, part, layout));
    this.#kept.set(owner, { format, size: { width, height }, textures });
    return textures;
  }
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, text] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error("the graphics context is lost");
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`shader: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}

function makeTexture(
  gl: WebGL2RenderingContext,
  { width, height }: Size,
  layout: GLenum,
): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, layout, width, height);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

/** From a place on the screen to the place in the picture: the turn undone. Rows go down in both. */
function turnBack(rotation: number): number[] {
  const angle = (rotation * Math.PI) / 180;
  const [cos, sin] = [Math.round(Math.cos(angle)), Math.round(Math.sin(angle))];
  return [cos, -sin, sin, cos];
}

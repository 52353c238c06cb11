// What is used of the decision editor, which brings no types.
declare module 'dmn-js/lib/Modeler' {
  export interface View { element: { $type: string; id?: string; name?: string }; id?: string; name?: string; type: string }
  export default class Modeler {
    constructor(o: { container: HTMLElement; common?: unknown; [more: string]: unknown })
    importXML(xml: string): Promise<{ warnings: unknown[] }>
    saveXML(o: { format: boolean }): Promise<{ xml: string }>
    getViews(): View[]
    getActiveView(): View | undefined
    getActiveViewer(): { get(name: string, strict?: boolean): any } | undefined
    open(view: View): Promise<unknown>
    on(event: string, f: (e: any) => void): void
    destroy(): void
  }
}
// The same of the process viewer and editor.
declare module 'bpmn-js/lib/NavigatedViewer' {
  export default class NavigatedViewer {
    constructor(o: { container: HTMLElement; [more: string]: unknown })
    importXML(xml: string): Promise<{ warnings: { message: string }[] }>
    saveXML(o: { format: boolean }): Promise<{ xml: string }>
    get(name: string, strict?: boolean): any
    on(event: string, f: (e: any) => void): void
    destroy(): void
  }
}
declare module 'bpmn-js/lib/Modeler' {
  export { default } from 'bpmn-js/lib/NavigatedViewer'
}
